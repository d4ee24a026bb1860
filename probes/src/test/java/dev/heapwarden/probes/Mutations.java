package dev.heapwarden.probes;

/** How often a test has hostile input read: {@code mvn verify} does it oftener. */
public final class Mutations {
  /** Of the tests that have it, for JUnit. */
  public static final String HOSTILE = "hostile";

  public static final int COUNT = Integer.getInteger("heapwarden.mutations", 10_000);

  private Mutations() {}
}

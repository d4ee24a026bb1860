package dev.heapwarden.probes.access;

/** Whether a caller may. */
public sealed interface Ruling {
  /**
   * It may.
   *
   * @param user as the API server calls the caller
   */
  record Allowed(String user) implements Ruling {}

  /** Nobody knows who it is. */
  record Unknown(String reason) implements Ruling {}

  /**
   * RBAC does not let it.
   *
   * @param user as the API server calls the caller
   */
  record Denied(String user, String reason) implements Ruling {}

  /** The API server did not say. */
  record Unsaid(String reason) implements Ruling {}
}

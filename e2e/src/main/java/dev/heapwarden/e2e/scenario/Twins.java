package dev.heapwarden.e2e.scenario;

/**
 * A service that leaks, its healthy twin, and the same load on both.
 *
 * @param programs resource that starts them
 * @param policies resource with a MemoryPolicy for each of the two
 * @param leaking Deployment and Service
 * @param healthy Deployment and Service
 * @param site function or class that an incident shall name
 * @param variable of the environment that the intervention shall set
 */
public record Twins(
    String programs,
    String policies,
    String leaking,
    String healthy,
    String load,
    String site,
    String variable) {
  /** Keeps every session in a map; the twin drops the oldest beyond a bound. */
  public static final Twins GO =
      new Twins(
          "programs.yaml",
          "policies.yaml",
          "checkout",
          "catalog",
          "load",
          "main.handle",
          "GOMEMLIMIT");

  /** Caches orders by a key without equals; the keys of the twin are equal. */
  public static final Twins JAVA =
      new Twins(
          "java.yaml",
          "java-policies.yaml",
          "orders",
          "stock",
          "java-load",
          "Orders$OrderKey",
          "JAVA_TOOL_OPTIONS");
}

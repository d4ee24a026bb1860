package dev.heapwarden.probes.access;

import dev.heapwarden.crds.AgentAccess;

/**
 * What a caller wants to get, in the words of RBAC.
 *
 * @param resource in the API group of Heapwarden
 * @param name empty for all
 */
public record Question(String resource, String subresource, String namespace, String name) {
  /**
   * The samples of a node, which are those of all namespaces that are watched.
   *
   * @param namespace the agent's own
   */
  public static Question samples(String namespace) {
    return new Question(AgentAccess.AGENTS, AgentAccess.SAMPLES, namespace, "");
  }

  /** The artefacts of one snapshot. */
  public static Question artifacts(String namespace, String snapshot) {
    return new Question(AgentAccess.SNAPSHOTS, AgentAccess.ARTIFACTS, namespace, snapshot);
  }
}

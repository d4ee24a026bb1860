package dev.heapwarden.probes.access;

import dev.heapwarden.crds.AgentAccess;

/**
 * What a caller wants to get, in the words of RBAC.
 *
 * @param resource in the API group of Heapwarden
 * @param namespace empty for what is of no namespace
 * @param name empty for all
 */
public record Question(String resource, String subresource, String namespace, String name) {
  /** The samples of a node are those of all namespaces. */
  public static Question samples() {
    return new Question(AgentAccess.AGENTS, AgentAccess.SAMPLES, "", "");
  }

  /** The artefacts of one snapshot. */
  public static Question artifacts(String namespace, String snapshot) {
    return new Question(AgentAccess.SNAPSHOTS, AgentAccess.ARTIFACTS, namespace, snapshot);
  }
}

package dev.heapwarden.probes;

import dev.heapwarden.crds.AgentAccess;
import dev.heapwarden.crds.watch.WatchedNamespaces;
import dev.heapwarden.probes.objectstore.Bucket;
import io.fabric8.kubernetes.api.model.Quantity;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * What the agent's environment says.
 *
 * @param nodeName NODE_NAME, from the downward API
 * @param namespace POD_NAMESPACE: the agent's own, where its certificate is
 * @param port AGENT_PORT: samples and artefacts, over TLS
 * @param statusPort STATUS_PORT: health and metrics
 * @param namespaces WATCH_NAMESPACES, such as shop,billing; empty for all
 * @param snapshots SNAPSHOT_DIR: where artefacts stay, on the node
 * @param snapshotQuota SNAPSHOT_QUOTA: bytes of all artefacts of the node, as a Kubernetes quantity
 *     such as 1Gi
 * @param cgroupRoot CGROUP_ROOT: the node's /sys/fs/cgroup
 * @param procRoot PROC_ROOT
 * @param bucket where artefacts are copied to
 */
record AgentSettings(
    String nodeName,
    String namespace,
    int port,
    int statusPort,
    WatchedNamespaces namespaces,
    Path snapshots,
    long snapshotQuota,
    Path cgroupRoot,
    Path procRoot,
    Optional<Path> podLogs,
    Optional<Bucket> bucket) {

  /**
   * Reads the environment.
   *
   * @throws IllegalArgumentException when NODE_NAME is missing, AGENT_PORT or STATUS_PORT is no
   *     port, SNAPSHOT_QUOTA no quantity, or a setting of the bucket malformed
   */
  static AgentSettings of(Map<String, String> environment) {
    var node = environment.getOrDefault("NODE_NAME", "");
    if (node.isEmpty()) {
      throw new IllegalArgumentException(
          "NODE_NAME is not set: give the container the field spec.nodeName by the downward API");
    }
    return new AgentSettings(
        node,
        environment.getOrDefault("POD_NAMESPACE", "heapwarden-system"),
        port(environment, "AGENT_PORT", AgentAccess.PORT),
        port(environment, "STATUS_PORT", 9463),
        WatchedNamespaces.parse(environment.getOrDefault("WATCH_NAMESPACES", "")),
        Path.of(environment.getOrDefault("SNAPSHOT_DIR", "/var/lib/heapwarden/snapshots")),
        bytes(environment.getOrDefault("SNAPSHOT_QUOTA", "1Gi")),
        Path.of(environment.getOrDefault("CGROUP_ROOT", "/host/sys/fs/cgroup")),
        Path.of(environment.getOrDefault("PROC_ROOT", "/proc")),
        Optional.of(environment.getOrDefault("POD_LOGS", ""))
            .filter(directory -> !directory.isEmpty())
            .map(Path::of),
        Bucket.of(environment));
  }

  private static int port(Map<String, String> environment, String name, int otherwise) {
    var port = environment.getOrDefault(name, Integer.toString(otherwise));
    if (!port.matches("[0-9]{1,5}") || Integer.parseInt(port) > 65_535) {
      throw new IllegalArgumentException(name + " must be a port, found '" + port + "'");
    }
    return Integer.parseInt(port);
  }

  private static long bytes(String quota) {
    try {
      return Quantity.getAmountInBytes(new Quantity(quota)).longValueExact();
    } catch (IllegalArgumentException | ArithmeticException malformed) {
      throw new IllegalArgumentException(
          "SNAPSHOT_QUOTA must be a quantity of bytes such as 1Gi, found '" + quota + "'",
          malformed);
    }
  }
}

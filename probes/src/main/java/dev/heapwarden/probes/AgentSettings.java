package dev.heapwarden.probes;

import java.nio.file.Path;
import java.util.Map;

/**
 * What the agent's environment says.
 *
 * @param nodeName NODE_NAME, from the downward API
 * @param port AGENT_PORT
 * @param snapshots SNAPSHOT_DIR: where artefacts stay, on the node
 * @param cgroupRoot CGROUP_ROOT: the node's /sys/fs/cgroup
 * @param procRoot PROC_ROOT
 */
record AgentSettings(String nodeName, int port, Path snapshots, Path cgroupRoot, Path procRoot) {

  /**
   * Reads the environment.
   *
   * @throws IllegalArgumentException when NODE_NAME is missing or AGENT_PORT is no port
   */
  static AgentSettings of(Map<String, String> environment) {
    var node = environment.getOrDefault("NODE_NAME", "");
    if (node.isEmpty()) {
      throw new IllegalArgumentException(
          "NODE_NAME is not set: give the container the field spec.nodeName by the downward API");
    }
    var port = environment.getOrDefault("AGENT_PORT", "9462");
    if (!port.matches("[0-9]{1,5}") || Integer.parseInt(port) > 65_535) {
      throw new IllegalArgumentException("AGENT_PORT must be a port, found '" + port + "'");
    }
    return new AgentSettings(
        node,
        Integer.parseInt(port),
        Path.of(environment.getOrDefault("SNAPSHOT_DIR", "/var/lib/heapwarden/snapshots")),
        Path.of(environment.getOrDefault("CGROUP_ROOT", "/host/sys/fs/cgroup")),
        Path.of(environment.getOrDefault("PROC_ROOT", "/proc")));
  }
}

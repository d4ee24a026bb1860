package dev.heapwarden.e2e.cluster;

import com.github.dockerjava.api.command.InspectContainerResponse;
import com.github.dockerjava.api.model.Container;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.BindMode;
import org.testcontainers.containers.ExecInContainerPattern;
import org.testcontainers.k3s.K3sContainer;
import org.testcontainers.utility.DockerImageName;

/** The container that is the cluster: control plane, kubelet and pods. */
final class Node {
  /** Where k3s looks for images at its start. */
  private static final String IMAGES = "/var/lib/rancher/k3s/agent/images";

  /** The names of the archives that the node has imported, one a line. */
  private static final String IMPORTED = "/run/heapwarden-images";

  private static final String K3S = "rancher/k3s";
  private static final String AUDIT = "/var/log/audit";

  private Node() {}

  static K3sContainer container(Setup setup, Map<String, String> labels) {
    var container =
        new K3sContainer(DockerImageName.parse(setup.nodeImage()).asCompatibleSubstituteFor(K3S));
    container.withFileSystemBind(setup.images().toString(), IMAGES, BindMode.READ_ONLY);
    container.withLabels(labels);
    if (!setup.nodeImage().startsWith(K3S + ":")) {
      // bpftrace's pid and tid are the kernel's own only in the machine's pid namespace. k3s does
      // not support it there: pods would live outside the container's cgroup, and survive it.
      container.withCreateContainerCmdModifier(
          create -> {
            var host = create.getHostConfig();
            if (host != null) {
              host.withPidMode("host");
            }
          });
    }
    return container;
  }

  /**
   * Has the API server keep an audit log.
   *
   * @param directory of this machine, for {@code audit.log}; it holds the {@code policy.yaml}
   */
  static void audit(K3sContainer container, Path directory) {
    container.withFileSystemBind(directory.toString(), AUDIT, BindMode.READ_WRITE);
    container.setCommand(
        Stream.concat(
                Stream.of(container.getCommandParts()),
                Stream.of(
                    "--kube-apiserver-arg=audit-policy-file=" + AUDIT + "/policy.yaml",
                    "--kube-apiserver-arg=audit-log-path=" + AUDIT + "/audit.log"))
            .toArray(String[]::new));
  }

  /** Kills the store of the API server with SIGKILL: the node starts it again. */
  static void killEtcd(String id) {
    exec(id, "kill -9 $(cat /run/etcd.pid)");
  }

  /** The running containers with this label. */
  static List<Container> running(String label, String value) {
    return DockerClientFactory.lazyClient()
        .listContainersCmd()
        .withLabelFilter(Map.of(label, value))
        .exec();
  }

  /** Removes the containers with this label, and their volumes. */
  static int removeAll(String label, String value) {
    var docker = DockerClientFactory.lazyClient();
    var containers =
        docker.listContainersCmd().withShowAll(true).withLabelFilter(Map.of(label, value)).exec();
    for (var container : containers) {
      docker.removeContainerCmd(container.getId()).withForce(true).withRemoveVolumes(true).exec();
    }
    return containers.size();
  }

  /** What every node needs once it runs: tracefs for the agent, and the note of its images. */
  static void prepare(String id) {
    exec(
        id,
        """
        mountpoint -q /sys/kernel/tracing || mount -t tracefs tracefs /sys/kernel/tracing
        ls "$1" >"$2"
        """,
        IMAGES,
        IMPORTED);
  }

  /**
   * Imports the images that have changed since.
   *
   * @return their archives' names, one a line
   */
  static String importChanged(String id) {
    return exec(
        id,
        """
        cd "$1"
        for archive in *.tar; do
          grep -qxF "$archive" "$2" && continue
          ctr -n k8s.io images import --local "$archive" >/dev/null || exit 1
          echo "$archive" | tee -a "$2"
        done
        """,
        IMAGES,
        IMPORTED);
  }

  /**
   * @param arguments what the script calls $1 and so on: none is inserted into it
   */
  private static String exec(String id, String script, String... arguments) {
    var docker = DockerClientFactory.lazyClient();
    InspectContainerResponse node = docker.inspectContainerCmd(id).exec();
    var command =
        Stream.concat(Stream.of("sh", "-c", script, "sh"), Stream.of(arguments))
            .toArray(String[]::new);
    try {
      var result = ExecInContainerPattern.execInContainer(docker, node, command);
      if (result.getExitCode() != 0) {
        throw new IllegalStateException(
            "in the node "
                + id
                + ": exit code "
                + result.getExitCode()
                + ": "
                + result.getStderr());
      }
      return result.getStdout().strip();
    } catch (IOException e) {
      throw new IllegalStateException("in the node " + id, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }
}

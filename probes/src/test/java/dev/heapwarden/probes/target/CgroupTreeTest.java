package dev.heapwarden.probes.target;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CgroupTreeTest {
  private static final String ID =
      "302442b330ed5bf8354fa445a3da10aee13c73ca934f185113ad4a6fd27bc9be";

  @TempDir Path root;

  /**
   * Where container runtimes put a container: kubelet's pkg/kubelet/cm/cgroup_manager_linux.go
   * names the directories of pods, containerd's and CRI-O's runtimes that of a container.
   */
  @ParameterizedTest
  @ValueSource(
      strings = {
        // cgroupfs driver: each class, containerd and CRI-O
        "memory/kubepods/burstable/podUID/ID",
        "memory/kubepods/besteffort/podUID/ID",
        "memory/kubepods/podUID/ID",
        "memory/kubepods/burstable/podUID/crio-ID",
        "unified/kubepods/burstable/podUID/ID",
        // systemd driver
        "memory/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-podSLICE.slice/cri-containerd-ID.scope",
        "unified/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-podSLICE.slice/cri-containerd-ID.scope",
        "unified/kubepods.slice/kubepods-podSLICE.slice/cri-containerd-ID.scope",
        "unified/kubepods.slice/kubepods-besteffort.slice/kubepods-besteffort-podSLICE.slice/crio-ID.scope",
        "unified/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-podSLICE.slice/docker-ID.scope",
        // kind, and k3d with containerd's cgroupfs driver: below the node's own
        "unified/kubelet.slice/kubelet-kubepods.slice/kubelet-kubepods-burstable.slice/kubelet-kubepods-burstable-podSLICE.slice/cri-containerd-ID.scope",
        "unified/system.slice/docker-NODE.scope/kubelet/kubepods/burstable/podUID/ID",
        "memory/docker/NODE/kubelet/kubepods/burstable/podUID/ID"
      })
  void aContainerIsFoundWhereverItsRuntimePutsIt(String shape) throws IOException {
    var path =
        shape
            .replace("UID", "8a1f0c2e-5a0b-4c7e-9d0f-1b2c3d4e5f60")
            .replace("ID", ID)
            .replace("NODE", "5".repeat(64))
            .replace("SLICE", "8a1f0c2e_5a0b_4c7e_9d0f_1b2c3d4e5f60");
    boolean second = path.startsWith("unified/");
    if (second) {
      Files.writeString(root.resolve("cgroup.controllers"), "memory\n");
    }
    var directory = container(second ? path.substring("unified/".length()) : path);

    assertThat(new CgroupTree(root).locate(Set.of(ID))).containsExactly(Map.entry(ID, directory));
  }

  /** Its monitor is in a cgroup of its own, with the container's id in its name too. */
  @Test
  void theMonitorOfCriOIsNotTheContainer() throws IOException {
    Files.writeString(root.resolve("cgroup.controllers"), "memory\n");
    container("kubepods.slice/pod1.slice/crio-conmon-" + ID + ".scope");
    assertThat(new CgroupTree(root).locate(Set.of(ID))).isEmpty();
    var directory = container("kubepods.slice/pod1.slice/crio-" + ID + ".scope");
    assertThat(new CgroupTree(root).locate(Set.of(ID))).containsEntry(ID, directory);
  }

  @Test
  void processesBelowTheContainerAreItsOwnToo() throws IOException {
    var directory = container("memory/kubepods/" + ID);
    Files.writeString(directory.resolve("cgroup.procs"), "10\n11\n");
    Files.createDirectories(directory.resolve("nested"));
    Files.writeString(directory.resolve("nested/cgroup.procs"), "12\n");

    assertThat(CgroupTree.processes(directory)).containsExactlyInAnyOrder(10L, 11L, 12L);
  }

  @Test
  void aContainerThatEndedIsForgotten() throws IOException {
    var directory = container("memory/kubepods/" + ID);
    var tree = new CgroupTree(root);
    tree.locate(Set.of(ID));
    Files.delete(directory);

    assertThat(tree.locate(Set.of(ID))).isEmpty();
    assertThat(CgroupTree.processes(directory)).isEmpty();
  }

  private Path container(String path) throws IOException {
    return Files.createDirectories(root.resolve(path));
  }
}

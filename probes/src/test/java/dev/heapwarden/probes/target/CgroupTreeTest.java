package dev.heapwarden.probes.target;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CgroupTreeTest {
  private static final String ID =
      "302442b330ed5bf8354fa445a3da10aee13c73ca934f185113ad4a6fd27bc9be";

  @TempDir Path root;

  @Test
  void aContainerIsFoundInVersion1() throws IOException {
    var directory = container("memory/kubepods/burstable/pod1/" + ID);

    assertThat(new CgroupTree(root).locate(Set.of(ID))).containsEntry(ID, directory);
  }

  @Test
  void aContainerIsFoundInVersion2UnderSystemdsName() throws IOException {
    Files.writeString(root.resolve("cgroup.controllers"), "memory\n");
    var directory = container("kubepods.slice/pod1.slice/cri-containerd-" + ID + ".scope");

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

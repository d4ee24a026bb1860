package dev.heapwarden.probes.jvm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.function.Function;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DumpPlaceTest {
  private static final String ROOT = "21 1 0:1 / / rw,relatime - ext4 /dev/sda rw\n";

  @TempDir private Path proc;
  private Path container = Path.of("");

  @BeforeEach
  void container() throws IOException {
    container = Files.createDirectories(proc.resolve("42/root"));
    Files.createDirectories(container.resolve("tmp"));
    Files.createDirectories(container.resolve("var/tmp"));
    Files.createDirectories(proc.resolve("1"));
    Files.writeString(proc.resolve("1/mountinfo"), ROOT + "22 21 0:2 / /ram rw - tmpfs t rw\n");
  }

  @Test
  void aWritableDirectoryOnADiskTakesIt() throws Exception {
    assertThat(find(ROOT)).isEqualTo(new DumpPlace(Path.of("/tmp")));
    assertThat(find(overlay("/var/lib/upper"))).isEqualTo(new DumpPlace(Path.of("/tmp")));
  }

  @Test
  void memoryOfTheContainerIsNoDisk() throws Exception {
    var memory = "22 21 0:2 / /tmp rw,relatime - tmpfs tmpfs rw,size=64k\n";
    assertThat(find(ROOT + memory)).isEqualTo(new DumpPlace(Path.of("/var/tmp")));
    assertThatThrownBy(() -> find(ROOT.replace("rw", "ro") + memory))
        .isInstanceOf(JvmAttach.RefusedException.class)
        .hasMessage(
            "the container has no directory for a dump: /tmp is tmpfs: no local disk; /var/tmp is"
                + " read-only");
    assertThatThrownBy(() -> find(overlay("/ram/upper")))
        .hasMessageContaining("/tmp is an overlay on tmpfs: no local disk");
    assertThatThrownBy(() -> find(ROOT.replace("ext4", "nfs4")))
        .hasMessageContaining("/tmp is nfs4: no local disk");
  }

  @Test
  void theLastMountOfAPlaceCounts() throws Exception {
    var disk = "22 21 0:2 / /tmp rw - ext4 /dev/sdb rw\n";
    var memory = "23 21 0:3 / /tmp rw - tmpfs tmpfs rw\n";
    assertThat(find(ROOT + disk + memory)).isEqualTo(new DumpPlace(Path.of("/var/tmp")));
    assertThat(find(ROOT + memory + disk)).isEqualTo(new DumpPlace(Path.of("/tmp")));
  }

  @Test
  void withoutRoomThereIsNone() throws Exception {
    mount(ROOT);
    assertThatThrownBy(() -> DumpPlace.find(42, proc, 1L << 60, _ -> OptionalLong.empty()))
        .hasMessageContaining("MiB free beyond what the kubelet keeps free, and a dump may need");
    assertThatThrownBy(() -> DumpPlace.find(42, proc, 2 << 20, _ -> OptionalLong.of(1 << 20)))
        .hasMessageContaining("/tmp may hold 1 MiB and holds 0, and a dump may need 2");
  }

  /** Beyond its limit the kubelet evicts the pod. */
  @Test
  void whatAVolumeAlreadyHoldsCountsAgainstItsLimit() throws Exception {
    mount(ROOT + "22 21 0:2 / /tmp rw - ext4 /dev/sdb rw\n");
    var cache = Files.createDirectories(container.resolve("tmp/cache"));
    Files.write(cache.resolve("one"), new byte[3 << 20]);
    Files.createSymbolicLink(cache.resolve("elsewhere"), Path.of("/"));
    Function<Path, OptionalLong> limits =
        place -> OptionalLong.of(place.equals(Path.of("/tmp")) ? 4 << 20 : 1 << 20);
    assertThatThrownBy(() -> DumpPlace.find(42, proc, 2 << 20, limits))
        .hasMessageContaining("/tmp may hold 4 MiB and holds 3, and a dump may need 2");

    Files.delete(cache.resolve("one"));
    assertThat(DumpPlace.find(42, proc, 2 << 20, limits)).isEqualTo(new DumpPlace(Path.of("/tmp")));
  }

  @Test
  void whatIsMountedBelowAVolumeIsAnotherVolumes() throws Exception {
    mount(
        ROOT
            + "22 21 0:2 / /tmp rw - ext4 /dev/sdb rw\n"
            + "23 22 0:3 / /tmp/cache rw - ext4 /dev/sdb rw\n");
    var cache = Files.createDirectories(container.resolve("tmp/cache"));
    Files.write(cache.resolve("one"), new byte[3 << 20]);
    assertThat(DumpPlace.find(42, proc, 2 << 20, _ -> OptionalLong.of(4 << 20)))
        .isEqualTo(new DumpPlace(Path.of("/tmp")));
  }

  @Test
  void aLinkOutOfTheContainerIsNoPlace() throws Exception {
    Files.delete(container.resolve("tmp"));
    Files.createSymbolicLink(container.resolve("tmp"), Path.of("/tmp"));
    Files.delete(container.resolve("var/tmp"));
    Files.delete(container.resolve("var"));
    Files.createSymbolicLink(container.resolve("var"), Path.of("/var"));
    assertThatThrownBy(() -> find(ROOT))
        .hasMessageContaining("/tmp is no directory; /var/tmp is no directory");
  }

  /** As an archive of another charset leaves it. */
  @Test
  void aVolumeWhoseNameIsNoTextIsInNobodysWay() throws Exception {
    Files.writeString(
        proc.resolve("42/mountinfo"),
        ROOT + "22 21 0:2 / /gr\u00f6\u00dfe rw - ext4 /dev/sdb rw\n",
        StandardCharsets.ISO_8859_1);
    assertThat(DumpPlace.find(42, proc, 1000, _ -> OptionalLong.empty()))
        .isEqualTo(new DumpPlace(Path.of("/tmp")));
  }

  private static String overlay(String upper) {
    return "21 1 0:1 / / rw - overlay overlay rw,lowerdir=/a,upperdir=" + upper + ",workdir=/w\n";
  }

  private void mount(String mounts) throws IOException {
    Files.writeString(proc.resolve("42/mountinfo"), mounts);
  }

  private DumpPlace find(String mounts) throws IOException {
    mount(mounts);
    return DumpPlace.find(42, proc, 1000, _ -> OptionalLong.empty());
  }
}

package dev.heapwarden.probes.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heapwarden.detection.sample.Signal;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Also against what two kernels wrote of one program, which holds 20 MiB of its own, 3 MiB of
 * shared memory, 2 MiB in a file of a tmpfs, 5 MiB of a file on a disk that it wrote or read, 400
 * sockets and 6 threads: Linux 6.18 of a Firecracker virtual machine with cgroup v1, and Linux
 * 6.1.176 of Debian's user-mode-linux with v2.
 */
class CgroupMemoryTest {
  private static final long MIB = 1 << 20;

  @TempDir Path cgroup;

  @Test
  void whatLinux618WroteWithVersion1IsRead() throws Exception {
    assertThat(CgroupMemory.read(recorded("v1-linux-6.18")).values())
        .isEqualTo(
            Map.of(
                Signal.ANONYMOUS_MEMORY,
                33_792_000.0 + 5_242_880,
                Signal.FILE_MEMORY,
                11_304_960.0 - 5_242_880,
                Signal.SHARED_MEMORY,
                5_242_880.0,
                Signal.WORKING_SET,
                46_948_352.0 - 6_062_080,
                Signal.KERNEL_MEMORY,
                1_851_392.0,
                Signal.MEMORY_LIMIT,
                64.0 * MIB));
  }

  @Test
  void whatLinux61WroteWithVersion2IsRead() throws Exception {
    assertThat(CgroupMemory.read(recorded("v2-linux-6.1")).values())
        .isEqualTo(
            Map.of(
                Signal.ANONYMOUS_MEMORY,
                32_661_504.0 + 5_242_880,
                Signal.FILE_MEMORY,
                11_878_400.0 - 5_242_880,
                Signal.SHARED_MEMORY,
                5_242_880.0,
                Signal.WORKING_SET,
                46_182_400.0 - 6_635_520,
                Signal.KERNEL_MEMORY,
                1_556_480.0,
                Signal.PAGE_TABLES,
                159_744.0,
                Signal.SOCKET_MEMORY,
                0.0,
                Signal.MEMORY_LIMIT,
                64.0 * MIB));
  }

  /** Each of the two programs holds the same. */
  @Test
  void bothVersionsMeanTheSame() throws Exception {
    var first = CgroupMemory.read(recorded("v1-linux-6.18")).values();
    var second = CgroupMemory.read(recorded("v2-linux-6.1")).values();

    first.forEach(
        (signal, bytes) ->
            assertThat(second)
                .hasEntrySatisfying(
                    signal, other -> assertThat(bytes).isBetween(0.7 * other, 1.3 * other)));
  }

  /** Shared memory, where ZGC keeps its heap, counts as anonymous. */
  @Test
  void version1IsReadWithItsChildren() throws IOException {
    write(
        "memory.stat",
        """
        rss 1
        inactive_file 2
        total_cache 500
        total_rss 900
        total_shmem 100
        total_inactive_file 300
        """);
    write("memory.usage_in_bytes", "1500\n");
    write("memory.limit_in_bytes", "536870912\n");

    assertThat(CgroupMemory.read(cgroup).values())
        .isEqualTo(
            Map.of(
                Signal.ANONYMOUS_MEMORY, 1000.0,
                Signal.FILE_MEMORY, 400.0,
                Signal.SHARED_MEMORY, 100.0,
                Signal.WORKING_SET, 1200.0,
                Signal.MEMORY_LIMIT, 536870912.0));
  }

  @Test
  void version1SaysNoLimitByAHugeNumber() throws IOException {
    write("memory.stat", "total_cache 1\ntotal_rss 1000\ntotal_inactive_file 300\n");
    write("memory.usage_in_bytes", "1500\n");
    write("memory.limit_in_bytes", "9223372036854771712\n");

    assertThat(CgroupMemory.read(cgroup).limit()).isEmpty();
  }

  /** Before Linux 5.18 kernel is not in it, and before 5.11 pagetables is not. */
  @Test
  void whatAnOlderKernelDoesNotTellIsAbsent() throws IOException {
    write("memory.stat", "anon 1000\nfile 700\nshmem 600\nsock 5\ninactive_file 2000\n");
    write("memory.current", "1500\n");
    write("memory.max", "max\n");

    assertThat(CgroupMemory.read(cgroup).values())
        .isEqualTo(
            Map.of(
                Signal.ANONYMOUS_MEMORY, 1600.0,
                Signal.FILE_MEMORY, 100.0,
                Signal.SHARED_MEMORY, 600.0,
                Signal.WORKING_SET, 0.0,
                Signal.SOCKET_MEMORY, 5.0));
  }

  @Test
  void aFigureThatIsMissingIsNamed() throws IOException {
    write("memory.stat", "file 700\n");
    write("memory.current", "1500\n");
    write("memory.max", "max\n");

    assertThatThrownBy(() -> CgroupMemory.read(cgroup)).hasMessage("memory.stat has no anon");
  }

  static Path recorded(String name) throws URISyntaxException {
    return Path.of(
        Objects.requireNonNull(CgroupMemoryTest.class.getResource("/cgroup/" + name), name)
            .toURI());
  }

  private void write(String file, String text) throws IOException {
    Files.writeString(cgroup.resolve(file), text);
  }
}

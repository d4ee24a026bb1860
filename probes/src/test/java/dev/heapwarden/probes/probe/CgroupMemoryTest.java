package dev.heapwarden.probes.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CgroupMemoryTest {
  @TempDir Path cgroup;

  /** Shared memory, where ZGC keeps its heap, counts as anonymous. */
  @Test
  void version1IsReadWithItsChildren() throws IOException {
    write(
        "memory.stat",
        "rss 1\ninactive_file 2\ntotal_rss 900\ntotal_shmem 100\ntotal_inactive_file 300\n");
    write("memory.usage_in_bytes", "1500\n");
    write("memory.limit_in_bytes", "536870912\n");

    assertThat(CgroupMemory.read(cgroup))
        .isEqualTo(new CgroupMemory(1000, 1200, OptionalLong.of(536870912)));
  }

  @Test
  void version1SaysNoLimitByAHugeNumber() throws IOException {
    write("memory.stat", "total_rss 1000\ntotal_inactive_file 300\n");
    write("memory.usage_in_bytes", "1500\n");
    write("memory.limit_in_bytes", "9223372036854771712\n");

    assertThat(CgroupMemory.read(cgroup).limit()).isEmpty();
  }

  @Test
  void version2IsReadByTheSameCall() throws IOException {
    write("memory.stat", "anon 1000\nfile 700\nshmem 600\ninactive_file 2000\n");
    write("memory.current", "1500\n");
    write("memory.max", "max\n");

    assertThat(CgroupMemory.read(cgroup))
        .isEqualTo(new CgroupMemory(1600, 0, OptionalLong.empty()));

    write("memory.max", "4096\n");
    assertThat(CgroupMemory.read(cgroup).limit()).hasValue(4096);
  }

  @Test
  void aFigureThatIsMissingIsNamed() throws IOException {
    write("memory.stat", "file 700\n");
    write("memory.current", "1500\n");
    write("memory.max", "max\n");

    assertThatThrownBy(() -> CgroupMemory.read(cgroup)).hasMessage("memory.stat has no anon");
  }

  private void write(String file, String text) throws IOException {
    Files.writeString(cgroup.resolve(file), text);
  }
}

package dev.heapwarden.probes.probe;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CgroupCpuTest {
  @TempDir Path root;

  @Test
  void theLeastQuotaOfAContainerAndItsPodCounts() throws IOException {
    write("kubepods/cpu.max", "max 100000\n");
    write("kubepods/pod/cpu.max", "50000 100000\n");
    write("kubepods/pod/id/cpu.max", "200000 100000\n");

    assertThat(CgroupCpu.quota(root.resolve("kubepods/pod/id"))).isEqualTo(0.5);
    assertThat(CgroupCpu.quota(root.resolve("kubepods"))).isEqualTo(Double.POSITIVE_INFINITY);
  }

  @Test
  void version1HasItInAHierarchyBesideMemory() throws IOException {
    Files.createDirectories(root.resolve("memory/kubepods/id"));
    write("cpu/kubepods/cpu.cfs_quota_us", "-1\n");
    write("cpu/kubepods/cpu.cfs_period_us", "100000\n");
    write("cpu/kubepods/id/cpu.cfs_quota_us", "20000\n");
    write("cpu/kubepods/id/cpu.cfs_period_us", "100000\n");

    assertThat(CgroupCpu.quota(root.resolve("memory/kubepods/id"))).isEqualTo(0.2);
  }

  @Test
  void whatItHasUsedIsToldInNanoseconds() throws IOException {
    write("kubepods/id/cpu.stat", "usage_usec 1234567\nuser_usec 1000000\nsystem_usec 234567\n");
    Files.createDirectories(root.resolve("memory/kubepods/id"));
    write("cpuacct/kubepods/id/cpuacct.usage", "987654321\n");

    assertThat(CgroupCpu.used(root.resolve("kubepods/id"))).isEqualTo(1_234_567_000L);
    assertThat(CgroupCpu.used(root.resolve("memory/kubepods/id"))).isEqualTo(987_654_321L);
  }

  /** See {@link CgroupMemoryTest}. */
  @Test
  void whatLinux61WroteWithVersion2IsRead() throws Exception {
    var cgroup = CgroupMemoryTest.recorded("v2-linux-6.1");

    assertThat(CgroupCpu.used(cgroup)).isEqualTo(920_000_000L);
    assertThat(CgroupCpu.quota(cgroup)).isEqualTo(Double.POSITIVE_INFINITY);
  }

  private void write(String file, String text) throws IOException {
    var path = root.resolve(file);
    Files.createDirectories(path.getParent());
    Files.writeString(path, text);
  }
}

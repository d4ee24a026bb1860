package dev.heapwarden.probes.probe;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** How much CPU a container may use, and has used. */
public final class CgroupCpu {
  private CgroupCpu() {}

  /**
   * The least quota of a cgroup and those above it, in CPUs; infinite where there is none. A quota
   * below one CPU stops even a single thread for a part of each period. v2 has it in cpu.max
   * (Documentation/admin-guide/cgroup-v2.rst), v1 in cpu.cfs_quota_us and cpu.cfs_period_us of a
   * hierarchy of its own, beside that of memory (Documentation/scheduler/sched-bwc.rst).
   *
   * @param cgroup directory of the memory cgroup
   * @throws IOException when it vanished
   */
  public static double quota(Path cgroup) throws IOException {
    double least = Double.POSITIVE_INFINITY;
    for (var group = inCpuHierarchy(cgroup); group != null; group = group.getParent()) {
      if (Files.exists(group.resolve("cpu.max"))) {
        var limits = Files.readString(group.resolve("cpu.max")).strip().split(" ", -1);
        if (!limits[0].equals("max")) {
          least = Math.min(least, Double.parseDouble(limits[0]) / Double.parseDouble(limits[1]));
        }
      } else if (Files.exists(group.resolve("cpu.cfs_quota_us"))) {
        double quota = number(group.resolve("cpu.cfs_quota_us"));
        if (quota > 0) {
          least = Math.min(least, quota / number(group.resolve("cpu.cfs_period_us")));
        }
      } else {
        break;
      }
    }
    return least;
  }

  /**
   * CPU time that a cgroup has used so far, nanoseconds: v2 usage_usec of cpu.stat
   * (Documentation/admin-guide/cgroup-v2.rst), v1 cpuacct.usage of a hierarchy beside that of
   * memory (Documentation/admin-guide/cgroup-v1/cpuacct.rst).
   *
   * @param cgroup directory of the memory cgroup
   * @throws IOException when it vanished, or has no such file
   */
  public static long used(Path cgroup) throws IOException {
    var stat = cgroup.resolve("cpu.stat");
    if (!Files.exists(stat)) {
      return (long) number(inHierarchy("cpuacct", cgroup).resolve("cpuacct.usage"));
    }
    return Files.readAllLines(stat).stream()
        .filter(line -> line.startsWith("usage_usec "))
        .mapToLong(line -> Long.parseLong(line.substring("usage_usec ".length())) * 1_000)
        .findFirst()
        .orElseThrow(() -> new IOException(stat + " has no usage_usec"));
  }

  /** The same cgroup of v1's cpu controller; of v2 the cgroup itself. */
  private static Path inCpuHierarchy(Path cgroup) {
    return inHierarchy("cpu", cgroup);
  }

  private static Path inHierarchy(String controller, Path cgroup) {
    for (var root = cgroup; root != null; root = root.getParent()) {
      if (root.endsWith("memory") && Files.isDirectory(root.resolveSibling(controller))) {
        return root.resolveSibling(controller).resolve(root.relativize(cgroup));
      }
    }
    return cgroup;
  }

  private static double number(Path file) throws IOException {
    return Double.parseDouble(Files.readString(file).strip());
  }
}

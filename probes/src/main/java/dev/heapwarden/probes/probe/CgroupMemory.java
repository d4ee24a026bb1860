package dev.heapwarden.probes.probe;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;

/**
 * One reading of a container's memory cgroup.
 *
 * @param anonymous bytes of anonymous and shared memory of the cgroup and those below it: what the
 *     kernel can only swap. ZGC's heap is shared memory; so are files on a tmpfs
 * @param workingSet bytes in use minus inactive file pages, as the kubelet computes it
 * @param limit bytes; empty when there is none
 */
public record CgroupMemory(long anonymous, long workingSet, OptionalLong limit) {
  /**
   * v1 shows "no limit" as the largest page-aligned signed number, PAGE_COUNTER_MAX in Linux
   * include/linux/page_counter.h; anything above 2^60 is one of those, for every page size.
   */
  private static final long V1_UNLIMITED = 1L << 60;

  /**
   * Reads a cgroup directory, v1 or v2 (Documentation/admin-guide/cgroup-v1/memory.rst and
   * cgroup-v2.rst).
   *
   * @throws IOException when it vanished or lacks a figure
   */
  public static CgroupMemory read(Path cgroup) throws IOException {
    var stat = stat(cgroup.resolve("memory.stat"));
    if (Files.exists(cgroup.resolve("memory.usage_in_bytes"))) {
      long limit = number(cgroup.resolve("memory.limit_in_bytes"));
      return of(
          figure(stat, "total_rss") + stat.getOrDefault("total_shmem", 0L),
          number(cgroup.resolve("memory.usage_in_bytes")),
          figure(stat, "total_inactive_file"),
          limit >= V1_UNLIMITED ? OptionalLong.empty() : OptionalLong.of(limit));
    }
    var max = Files.readString(cgroup.resolve("memory.max")).strip();
    return of(
        figure(stat, "anon") + stat.getOrDefault("shmem", 0L),
        number(cgroup.resolve("memory.current")),
        figure(stat, "inactive_file"),
        max.equals("max") ? OptionalLong.empty() : OptionalLong.of(Long.parseLong(max)));
  }

  private static CgroupMemory of(
      long anonymous, long usage, long inactiveFile, OptionalLong limit) {
    return new CgroupMemory(anonymous, Math.max(0, usage - inactiveFile), limit);
  }

  private static Map<String, Long> stat(Path file) throws IOException {
    var figures = new HashMap<String, Long>();
    for (var line : Files.readAllLines(file)) {
      int space = line.indexOf(' ');
      if (space > 0) {
        figures.put(line.substring(0, space), parse(file, line.substring(space + 1)));
      }
    }
    return figures;
  }

  private static long figure(Map<String, Long> stat, String name) throws IOException {
    var value = stat.get(name);
    if (value == null) {
      throw new IOException("memory.stat has no " + name);
    }
    return value;
  }

  private static long number(Path file) throws IOException {
    return parse(file, Files.readString(file).strip());
  }

  private static long parse(Path file, String text) throws IOException {
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException notNumber) {
      throw new IOException(file + ": expected a number, found '" + text + "'", notNumber);
    }
  }
}

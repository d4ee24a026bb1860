package dev.heapwarden.probes.probe;

import dev.heapwarden.detection.sample.Signal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * One reading of a container's memory cgroup and those below it.
 *
 * @param values bytes; what this version of cgroups or of the kernel does not tell is absent
 */
public record CgroupMemory(Map<Signal, Double> values) {
  /**
   * v1 shows "no limit" as the largest page-aligned signed number, PAGE_COUNTER_MAX in Linux
   * include/linux/page_counter.h; anything above 2^60 is one of those, for every page size.
   */
  private static final long V1_UNLIMITED = 1L << 60;

  public CgroupMemory {
    values = Map.copyOf(values);
  }

  /**
   * Reads a cgroup directory, v1 or v2 (Documentation/admin-guide/cgroup-v1/memory.rst and
   * cgroup-v2.rst).
   *
   * @throws IOException when it vanished or lacks a figure that every kernel has
   */
  public static CgroupMemory read(Path cgroup) throws IOException {
    var stat = stat(cgroup.resolve("memory.stat"));
    return Files.exists(cgroup.resolve("memory.usage_in_bytes"))
        ? version1(cgroup, stat)
        : version2(cgroup, stat);
  }

  /** Bytes; empty when there is none. */
  public OptionalLong limit() {
    var limit = values.get(Signal.MEMORY_LIMIT);
    return limit == null ? OptionalLong.empty() : OptionalLong.of(limit.longValue());
  }

  private static CgroupMemory version1(Path cgroup, Map<String, Long> stat) throws IOException {
    long shared = stat.getOrDefault("total_shmem", 0L);
    var values = new EnumMap<Signal, Double>(Signal.class);
    put(values, Signal.ANONYMOUS_MEMORY, figure(stat, "total_rss") + shared);
    put(values, Signal.FILE_MEMORY, figure(stat, "total_cache") - shared);
    putIfTold(values, Signal.SHARED_MEMORY, stat.get("total_shmem"));
    long usage = number(cgroup.resolve("memory.usage_in_bytes"));
    put(values, Signal.WORKING_SET, usage - figure(stat, "total_inactive_file"));
    var kernel = cgroup.resolve("memory.kmem.usage_in_bytes");
    if (Files.exists(kernel)) {
      put(values, Signal.KERNEL_MEMORY, number(kernel));
    }
    long limit = number(cgroup.resolve("memory.limit_in_bytes"));
    if (limit < V1_UNLIMITED) {
      put(values, Signal.MEMORY_LIMIT, limit);
    }
    return new CgroupMemory(values);
  }

  private static CgroupMemory version2(Path cgroup, Map<String, Long> stat) throws IOException {
    long shared = stat.getOrDefault("shmem", 0L);
    var values = new EnumMap<Signal, Double>(Signal.class);
    put(values, Signal.ANONYMOUS_MEMORY, figure(stat, "anon") + shared);
    put(values, Signal.FILE_MEMORY, figure(stat, "file") - shared);
    putIfTold(values, Signal.SHARED_MEMORY, stat.get("shmem"));
    long usage = number(cgroup.resolve("memory.current"));
    put(values, Signal.WORKING_SET, usage - figure(stat, "inactive_file"));
    putIfTold(values, Signal.KERNEL_MEMORY, stat.get("kernel"));
    putIfTold(values, Signal.PAGE_TABLES, stat.get("pagetables"));
    putIfTold(values, Signal.SOCKET_MEMORY, stat.get("sock"));
    var max = cgroup.resolve("memory.max");
    if (!Files.readString(max).strip().equals("max")) {
      put(values, Signal.MEMORY_LIMIT, number(max));
    }
    return new CgroupMemory(values);
  }

  /** Figures that are not counted at one moment may differ by less than nothing. */
  private static void put(Map<Signal, Double> values, Signal signal, long bytes) {
    values.put(signal, (double) Math.max(0, bytes));
  }

  private static void putIfTold(Map<Signal, Double> values, Signal signal, @Nullable Long bytes) {
    if (bytes != null) {
      put(values, signal, bytes);
    }
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

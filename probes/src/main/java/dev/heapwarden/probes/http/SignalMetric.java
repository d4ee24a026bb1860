package dev.heapwarden.probes.http;

import dev.heapwarden.detection.sample.Signal;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;

/**
 * What metrics tell of a signal.
 *
 * @param name without what the names of all containers' metrics begin with
 */
record SignalMetric(String name, String help) {
  /** In the order of the signals. */
  static final Map<Signal, SignalMetric> ALL =
      Collections.unmodifiableMap(
          new EnumMap<>(
              Map.ofEntries(
                  of(
                      Signal.ANONYMOUS_MEMORY,
                      "anonymous_memory_bytes",
                      "Anonymous and shared memory of the container's cgroup"),
                  of(
                      Signal.WORKING_SET,
                      "working_set_bytes",
                      "Memory in use minus inactive file pages"),
                  of(Signal.MEMORY_LIMIT, "memory_limit_bytes", "Memory limit of the container"),
                  of(
                      Signal.PAGE_FAULTS,
                      "page_faults",
                      "User page faults since the agent first saw it"),
                  of(
                      Signal.FILE_MEMORY,
                      "file_memory_bytes",
                      "Cached files, without shared memory"),
                  of(
                      Signal.KERNEL_MEMORY,
                      "kernel_memory_bytes",
                      "What the kernel holds for it: open files, sockets, stacks, page tables"),
                  of(
                      Signal.PAGE_TABLES,
                      "page_tables_bytes",
                      "The page tables in it; cgroup v2 only"),
                  of(
                      Signal.SOCKET_MEMORY,
                      "socket_memory_bytes",
                      "Network buffers; cgroup v2 only"),
                  of(Signal.OPEN_FILES, "open_files", "Open file descriptors of all its processes"),
                  of(Signal.OS_THREADS, "os_threads", "Threads of all its processes"),
                  of(
                      Signal.POST_GC_LIVE_HEAP,
                      "live_heap_bytes",
                      "Heap that the last collection found live"),
                  of(
                      Signal.COLLECTIONS,
                      "collections",
                      "Collections since the agent first saw it; of a JVM those of the old"
                          + " generation"),
                  of(
                      Signal.GC_PAUSE_TIME,
                      "gc_pause_seconds",
                      "Time that its JVM stood still for collections so far"),
                  of(
                      Signal.OLD_GENERATION,
                      "old_generation_bytes",
                      "Old generation of its JVM after a pause"),
                  of(Signal.METASPACE, "metaspace_bytes", "Metaspace in use of its JVM"),
                  of(Signal.THREADS, "threads", "Live threads of its JVM"))));

  private static Map.Entry<Signal, SignalMetric> of(Signal signal, String name, String help) {
    return Map.entry(signal, new SignalMetric(name, help));
  }
}

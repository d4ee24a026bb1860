package dev.heapwarden.probes.http;

import static dev.heapwarden.probes.http.ContainerMetrics.PREFIX;
import static dev.heapwarden.probes.http.ContainerMetrics.labels;

import dev.heapwarden.detection.sample.ContainerState;
import dev.heapwarden.detection.sample.Signal;
import dev.heapwarden.probes.sample.Ledger;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The newest value of each signal of the watched containers. */
final class SignalMetrics {
  /** What is told of a signal. */
  private record Meaning(Signal signal, String name, String help) {}

  private static final List<Meaning> MEANINGS =
      List.of(
          new Meaning(
              Signal.ANONYMOUS_MEMORY,
              "anonymous_memory_bytes",
              "Anonymous and shared memory of the container's cgroup"),
          new Meaning(
              Signal.WORKING_SET, "working_set_bytes", "Memory in use minus inactive file pages"),
          new Meaning(Signal.MEMORY_LIMIT, "memory_limit_bytes", "Memory limit of the container"),
          new Meaning(
              Signal.PAGE_FAULTS, "page_faults", "User page faults since the agent first saw it"),
          new Meaning(
              Signal.FILE_MEMORY, "file_memory_bytes", "Cached files, without shared memory"),
          new Meaning(
              Signal.SHARED_MEMORY,
              "shared_memory_bytes",
              "Of the anonymous memory: files of a tmpfs, memfds, shared mappings"),
          new Meaning(
              Signal.KERNEL_MEMORY,
              "kernel_memory_bytes",
              "What the kernel holds for it: open files, sockets, stacks, page tables"),
          new Meaning(
              Signal.PAGE_TABLES, "page_tables_bytes", "The page tables in it; cgroup v2 only"),
          new Meaning(
              Signal.SOCKET_MEMORY, "socket_memory_bytes", "Network buffers; cgroup v2 only"),
          new Meaning(
              Signal.OPEN_FILES, "open_files", "Open file descriptors of all its processes"),
          new Meaning(Signal.OS_THREADS, "os_threads", "Threads of all its processes"),
          new Meaning(
              Signal.POST_GC_LIVE_HEAP,
              "live_heap_bytes",
              "Heap that the last collection found live"),
          new Meaning(
              Signal.COLLECTIONS,
              "collections",
              "Collections since the agent first saw it; of a JVM those of the old generation"),
          new Meaning(
              Signal.GC_PAUSE_TIME,
              "gc_pause_seconds",
              "Time that its JVM stood still for collections so far"),
          new Meaning(
              Signal.OLD_GENERATION,
              "old_generation_bytes",
              "Old generation of its JVM after a pause"),
          new Meaning(
              Signal.HEAP_LIMIT,
              "heap_limit_bytes",
              "How large the old generation of its JVM can become"),
          new Meaning(Signal.METASPACE, "metaspace_bytes", "Metaspace in use of its JVM"),
          new Meaning(
              Signal.DIRECT_MEMORY,
              "direct_memory_bytes",
              "Direct buffers of its JVM, where its own metrics tell"),
          new Meaning(Signal.THREADS, "threads", "Live threads of its JVM"),
          new Meaning(
              Signal.LOADED_CLASSES,
              "loaded_classes",
              "Classes that its JVM has loaded and not unloaded since"),
          new Meaning(
              Signal.MARK_TERMINATION,
              "go_mark_termination_seconds",
              "Mark termination of its Go program's latest collection"),
          new Meaning(
              Signal.GOROUTINES,
              "go_goroutines",
              "Goroutines of its Go program that have not ended"),
          new Meaning(
              Signal.HEAP_SYS,
              "go_heap_sys_bytes",
              "Memory that the heap of its Go program has of the system"),
          new Meaning(
              Signal.HEAP_IN_USE,
              "go_heap_in_use_bytes",
              "Spans of its Go program's heap that hold objects"),
          new Meaning(
              Signal.HEAP_IDLE,
              "go_heap_idle_bytes",
              "Spans of its Go program's heap that hold nothing"),
          new Meaning(
              Signal.HEAP_RELEASED,
              "go_heap_released_bytes",
              "Idle heap that its Go program has given back to the system"),
          new Meaning(
              Signal.SPAN_IN_USE,
              "go_span_in_use_bytes",
              "Descriptions of the spans of its Go program's heap"),
          new Meaning(
              Signal.ALLOCATED_OBJECTS,
              "go_allocated_objects",
              "Heap objects that its Go program has allocated since its start"),
          new Meaning(
              Signal.FREED_OBJECTS,
              "go_freed_objects",
              "Heap objects of its Go program that were freed since its start"),
          new Meaning(
              Signal.ALLOCATED_BYTES,
              "go_allocated_bytes",
              "Bytes that its Go program has allocated on its heap since its start"),
          new Meaning(
              Signal.FREED_BYTES,
              "go_freed_bytes",
              "Bytes of its Go program's heap that were freed since its start"),
          new Meaning(
              Signal.REQUESTS, "requests", "Requests that its program says it has answered"),
          new Meaning(
              Signal.REQUEST_TIME, "request_seconds", "Time that its program says they took"),
          new Meaning(
              Signal.FAILED_REQUESTS,
              "failed_requests",
              "Of these requests those answered with an error of the server (status 5xx)"));

  private SignalMetrics() {}

  static List<MetricSnapshot> of(Collection<ContainerState> states, Ledger ledger) {
    return MEANINGS.stream()
        .map(
            meaning -> {
              var values = values(meaning.signal(), states, ledger);
              return meaning.signal().kind() == Signal.Kind.COUNTER
                  ? counter(meaning, values)
                  : gauge(meaning, values);
            })
        .toList();
  }

  private static MetricSnapshot gauge(Meaning meaning, Map<Labels, Double> values) {
    var gauge = ContainerMetrics.gauge(meaning.name(), meaning.help());
    values.forEach((labels, value) -> gauge.dataPoint(ContainerMetrics.level(labels, value)));
    return gauge.build();
  }

  /** Prometheus' text format adds _total to the name. */
  private static MetricSnapshot counter(Meaning meaning, Map<Labels, Double> values) {
    var counter = CounterSnapshot.builder().name(PREFIX + meaning.name()).help(meaning.help());
    values.forEach(
        (labels, value) ->
            counter.dataPoint(
                CounterDataPointSnapshot.builder().labels(labels).value(value).build()));
    return counter.build();
  }

  private static Map<Labels, Double> values(
      Signal signal, Collection<ContainerState> states, Ledger ledger) {
    var values = new TreeMap<Labels, Double>();
    for (var state : states) {
      var value = ledger.values(state.container()).get(signal);
      if (value != null) {
        values.put(labels(state.container()), value);
      }
    }
    return values;
  }
}

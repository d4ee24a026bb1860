package dev.heapwarden.probes.endpoint;

import dev.heapwarden.detection.sample.Signal;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Adds up the metrics of one answer whose names are known. Where several names mean one signal the
 * first of the table speaks.
 */
final class KnownMetrics {
  /** Bytes that a Go program has allocated and not freed yet. */
  private static final String GO_ALLOCATED = "go_memstats_alloc_bytes";

  /**
   * Go by client_golang (prometheus/go_collector.go, 1.23), the JVM by Micrometer (io.micrometer.
   * core.instrument.binder.jvm, 1.16), client_java (prometheus-metrics-instrumentation-jvm, 1.4)
   * and simpleclient (simpleclient_hotspot, 0.16), requests by Micrometer, OpenTelemetry's semantic
   * conventions and the names that Prometheus' own documentation uses.
   */
  private static final List<Known> TABLE =
      List.of(
          known(Signal.GOROUTINES, "go_goroutines"),
          known(Signal.HEAP_SYS, "go_memstats_heap_sys_bytes"),
          known(Signal.HEAP_IN_USE, "go_memstats_heap_inuse_bytes"),
          known(Signal.HEAP_IDLE, "go_memstats_heap_idle_bytes"),
          known(Signal.HEAP_RELEASED, "go_memstats_heap_released_bytes"),
          known(Signal.SPAN_IN_USE, "go_memstats_mspan_inuse_bytes"),
          known(Signal.ALLOCATED_OBJECTS, "go_memstats_mallocs_total"),
          known(Signal.FREED_OBJECTS, "go_memstats_frees_total"),
          known(Signal.ALLOCATED_BYTES, "go_memstats_alloc_bytes_total"),
          known(Signal.ALLOCATED_BYTES, "go_gc_heap_allocs_bytes_total"),
          known(Signal.FREED_BYTES, "go_gc_heap_frees_bytes_total"),
          known(Signal.THREADS, "jvm_threads_live_threads"),
          known(Signal.THREADS, "jvm_threads_current"),
          known(Signal.LOADED_CLASSES, "jvm_classes_loaded_classes"),
          known(Signal.LOADED_CLASSES, "jvm_classes_currently_loaded"),
          known(Signal.LOADED_CLASSES, "jvm_classes_loaded"),
          known(Signal.METASPACE, "jvm_memory_used_bytes", "id", "Metaspace"),
          known(Signal.METASPACE, "jvm_memory_pool_used_bytes", "pool", "Metaspace"),
          known(Signal.METASPACE, "jvm_memory_pool_bytes_used", "pool", "Metaspace"),
          known(Signal.DIRECT_MEMORY, "jvm_buffer_memory_used_bytes", "id", "direct"),
          known(Signal.DIRECT_MEMORY, "jvm_buffer_pool_used_bytes", "pool", "direct"),
          known(Signal.GC_PAUSE_TIME, "jvm_gc_pause_seconds_sum"),
          new Known(
              Signal.GC_PAUSE_TIME, "jvm_gc_collection_seconds_sum", KnownMetrics::standsStill),
          known(Signal.REQUESTS, "http_server_requests_seconds_count"),
          known(Signal.REQUESTS, "http_server_request_duration_seconds_count"),
          known(Signal.REQUESTS, "http_request_duration_seconds_count"),
          known(Signal.REQUESTS, "http_requests_total"),
          known(Signal.REQUEST_TIME, "http_server_requests_seconds_sum"),
          known(Signal.REQUEST_TIME, "http_server_request_duration_seconds_sum"),
          known(Signal.REQUEST_TIME, "http_request_duration_seconds_sum"));

  /**
   * Labels of a request's status: Micrometer's, OpenTelemetry's (stable and before), and that of
   * client_golang's promhttp.
   */
  private static final List<String> STATUS =
      List.of("status", "http_response_status_code", "http_status_code", "code");

  private static final Map<String, Known> BY_NAME = byName();

  private final Map<String, Double> sums = new HashMap<>();

  /** Of requests whose status is told, those that the server failed in. */
  private final Map<String, Double> failures = new HashMap<>();

  private String family = "";
  private long unknown;

  /**
   * A metric of the table.
   *
   * @param counts which of its lines do, by their labels
   */
  private record Known(Signal signal, String name, Predicate<Map<String, String>> counts) {}

  /** Takes a line. */
  void add(MetricLine line) {
    var known = BY_NAME.get(line.name());
    if (known == null && !line.name().equals(GO_ALLOCATED)) {
      meet(line.family());
      return;
    }
    // A level or count that can be is finite and not negative.
    if ((known == null || known.counts().test(line.labels()))
        && Double.isFinite(line.value())
        && line.value() >= 0) {
      sums.merge(line.name(), line.value(), Double::sum);
      status(line)
          .ifPresent(
              status ->
                  failures.merge(
                      line.name(), status.startsWith("5") ? line.value() : 0, Double::sum));
    }
  }

  private static Optional<String> status(MetricLine line) {
    return STATUS.stream()
        .flatMap(label -> Stream.ofNullable(line.labels().get(label)))
        .findFirst();
  }

  /** Metrics that are not in the table; the lines of one stand together in either format. */
  long unknownFamilies() {
    return unknown;
  }

  /** What is known, by signal. */
  Map<Signal, Double> figures() {
    var figures = new EnumMap<Signal, Double>(Signal.class);
    for (var known : TABLE) {
      if (known.signal() == Signal.REQUESTS && !figures.containsKey(Signal.REQUESTS)) {
        put(figures, Signal.FAILED_REQUESTS, failures.get(known.name()));
      }
      put(figures, known.signal(), sums.get(known.name()));
    }
    var total = figures.get(Signal.ALLOCATED_BYTES);
    var left = sums.get(GO_ALLOCATED);
    if (total != null && left != null && left <= total) {
      put(figures, Signal.FREED_BYTES, total - left);
    }
    return figures;
  }

  private static void put(Map<Signal, Double> figures, Signal signal, @Nullable Double sum) {
    if (sum != null && Double.isFinite(sum)) {
      figures.putIfAbsent(signal, sum);
    }
  }

  private void meet(String met) {
    if (!met.equals(family)) {
      family = met;
      unknown++;
    }
  }

  /**
   * Collectors that work beside the program tell how long they did: ZGC Cycles, Shenandoah Cycles,
   * G1 Concurrent GC. GarbageCollectorMXBean, JDK 21 to 25.
   */
  private static boolean standsStill(Map<String, String> labels) {
    var collector = labels.getOrDefault("gc", "");
    return !collector.endsWith("Cycles") && !collector.contains("Concurrent");
  }

  private static Known known(Signal signal, String name) {
    return new Known(signal, name, _ -> true);
  }

  private static Known known(Signal signal, String name, String label, String value) {
    return new Known(signal, name, labels -> value.equals(labels.get(label)));
  }

  private static Map<String, Known> byName() {
    return TABLE.stream().collect(Collectors.toUnmodifiableMap(Known::name, known -> known));
  }
}

package dev.heapwarden.probes.sample;

import dev.heapwarden.detection.sample.ContainerKey;
import dev.heapwarden.detection.sample.MapInstance;
import dev.heapwarden.detection.sample.Origin;
import dev.heapwarden.detection.sample.Signal;
import dev.heapwarden.probes.buffer.SampleBuffer;
import dev.heapwarden.probes.jvm.JvmCounters;
import dev.heapwarden.probes.probe.ProbeEvent;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.function.Supplier;

/**
 * What has been counted of one container. Events change it; {@link #flush} tells what changed since
 * the last flush, so that a burst becomes one sample with its last figures.
 *
 * <p>A container's live heap is the sum over its Go processes of what the last collection of each
 * found, told whenever one of them collects.
 */
final class ContainerLedger {
  private final ContainerKey container;
  private final Map<Long, Long> liveBytes = new HashMap<>();
  private final MapLedger maps = new MapLedger();
  private long collections;
  private long collectedAt;
  private boolean collected;
  private long faults;
  private long faultsAt;
  private boolean faulted;
  private final JvmLedger jvm = new JvmLedger();
  private final ClassLedger classes = new ClassLedger();
  private boolean judgesJvm;
  private boolean jvmCleaned;
  private Map<Signal, Double> memory = Map.of();

  ContainerLedger(ContainerKey container) {
    this.container = container;
  }

  ContainerKey container() {
    return container;
  }

  /** Whether its JVM is judged: what Go programs beside it do is then not the container's. */
  void judgesJvm(boolean yes) {
    judgesJvm = yes;
    if (yes) {
      liveBytes.clear();
      maps.retain(Set.of());
      collected = false;
    } else {
      jvm.retain(Set.of());
      jvmCleaned = false;
    }
  }

  void collected(long pid, long nanos, long bytes, long count) {
    if (judgesJvm) {
      return;
    }
    liveBytes.put(pid, bytes);
    collections += count;
    collectedAt = Math.max(collectedAt, nanos);
    collected = true;
  }

  void faulted(long nanos, long count) {
    faults += count;
    faultsAt = Math.max(faultsAt, nanos);
    faulted = true;
  }

  /** What the map is, is asked for only when the instance is new or its site is unknown. */
  void grown(ProbeEvent.MapGrowth growth, Supplier<MapInstance> map) {
    if (!judgesJvm) {
      maps.grown(growth, map);
    }
  }

  void counted(long pid, JvmCounters counters) {
    jvmCleaned |= jvm.read(pid, counters);
  }

  void counted(long pid, List<ClassCount> counts, SampleBuffer buffer) {
    for (var told : classes.of(pid, counts)) {
      buffer.add(
          told.count().at(),
          container,
          Origin.CLASS_HISTOGRAM,
          Map.of(Signal.CLASS_INSTANCES, (double) told.instances()),
          told.javaClass());
    }
  }

  void measured(Map<Signal, Double> levels) {
    memory = Map.copyOf(levels);
  }

  /** Forgets the figures of processes that ended; counts stay. */
  void retain(Set<Long> pids) {
    liveBytes.keySet().retainAll(pids);
    jvm.retain(pids);
    maps.retain(pids);
  }

  /** Empty until one of its processes has collected; of a JVM, until it has twice. */
  OptionalDouble live() {
    if (!liveBytes.isEmpty()) {
      return OptionalDouble.of(
          (double) liveBytes.values().stream().mapToLong(Long::longValue).sum());
    }
    var ofJvms = jvm.live().get(Signal.POST_GC_LIVE_HEAP);
    return ofJvms == null ? OptionalDouble.empty() : OptionalDouble.of(ofJvms);
  }

  /** The newest of everything but maps; collections count those of all runtimes. */
  Map<Signal, Double> values() {
    var values = new EnumMap<Signal, Double>(Signal.class);
    values.putAll(memory);
    values.putAll(jvm.values());
    live().ifPresent(bytes -> values.put(Signal.POST_GC_LIVE_HEAP, bytes));
    values.put(Signal.COLLECTIONS, (double) (collections + jvm.collections()));
    values.put(Signal.PAGE_FAULTS, (double) faults);
    return values;
  }

  /** Its maps. */
  MapLedger maps() {
    return maps;
  }

  /** What the counters of its JVMs say now; empty for other runtimes. */
  Map<Signal, Double> jvmLevels() {
    return jvm.values();
  }

  /** Which source told them. */
  Origin jvmOrigin() {
    return jvm.origin();
  }

  void flush(SampleBuffer buffer, WallClock clock) {
    if (collected && live().isPresent()) {
      buffer.add(
          clock.at(collectedAt),
          container,
          Origin.GO_GC_UPROBE,
          Map.of(
              Signal.POST_GC_LIVE_HEAP,
              live().getAsDouble(),
              Signal.COLLECTIONS,
              (double) collections),
          null);
      collected = false;
    }
    if (jvmCleaned && !jvm.live().isEmpty()) {
      buffer.add(clock.now(), container, jvm.origin(), jvm.live(), null);
      jvmCleaned = false;
    }
    if (faulted) {
      buffer.add(
          clock.at(faultsAt),
          container,
          Origin.PAGE_FAULT_TRACEPOINT,
          Map.of(Signal.PAGE_FAULTS, (double) faults),
          null);
      faulted = false;
    }
    maps.flush(container, buffer, clock);
  }
}

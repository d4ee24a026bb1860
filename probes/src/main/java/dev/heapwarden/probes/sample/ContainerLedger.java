package dev.heapwarden.probes.sample;

import dev.heapwarden.detection.sample.ContainerKey;
import dev.heapwarden.detection.sample.MapInstance;
import dev.heapwarden.detection.sample.Origin;
import dev.heapwarden.detection.sample.Signal;
import dev.heapwarden.probes.buffer.SampleBuffer;
import dev.heapwarden.probes.gclog.GoTrace;
import dev.heapwarden.probes.gomemory.MemoryFigures;
import dev.heapwarden.probes.jvm.JvmFigures;
import dev.heapwarden.probes.jvm.TracedCollections;
import dev.heapwarden.probes.probe.ProbeEvent;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What has been counted of one container. Events change it; {@link #flush} tells what changed since
 * the last flush, so that a burst becomes one sample with its last figures.
 */
final class ContainerLedger {
  private final ContainerKey container;
  private final GoLedger go = new GoLedger();
  private final MapLedger maps = new MapLedger();
  private long faults;
  private long faultsAt;
  private boolean faulted;
  private final JvmLedgers jvm = new JvmLedgers();
  private final ClassLedger classes = new ClassLedger();
  private final OfferedLedger offered = new OfferedLedger();
  private boolean judgesJvm;
  private @Nullable Traced traced;
  private @Nullable Instant jvmCleanedAt;
  private Map<Signal, Double> memory = Map.of();

  /** What the probes in a JVM told. */
  private record Traced(long pid, TracedCollections collections) {}

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
      go.forget();
      maps.retain(Set.of());
    } else {
      jvm.retain(Set.of());
      traced = null;
      jvmCleanedAt = null;
    }
  }

  void collected(ProbeEvent.Collection collection) {
    if (!judgesJvm) {
      go.collected(collection);
    }
  }

  /** One that its program wrote down. */
  void traced(long pid, Instant at, GoTrace trace) {
    if (!judgesJvm) {
      go.traced(pid, at, trace);
    }
  }

  /** What its Go program keeps of itself in its memory. */
  void allocated(
      long pid, Instant at, MemoryFigures figures, long goroutines, SampleBuffer buffer) {
    if (!judgesJvm) {
      go.allocated(pid, figures, goroutines);
      buffer.add(at, container, Origin.GO_MEMORY, go.levels(), null);
    }
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

  /** Takes a reading of its JVM, by whatever source. */
  void read(long pid, Instant at, JvmFigures figures) {
    if (jvm.read(pid, figures)) {
      jvmCleanedAt = at;
    }
  }

  /** Takes what a probe in its JVM told: nothing else is read then. */
  void probed(long pid, Instant at, Consumer<TracedCollections> event) {
    if (!judgesJvm) {
      return;
    }
    if (traced == null || traced.pid() != pid) {
      traced = new Traced(pid, new TracedCollections());
    }
    event.accept(traced.collections());
    jvm.loseAllButProbes();
    read(pid, at, traced.collections().told());
  }

  /** Says that the counters of its JVM cannot be read. */
  void loseCounters() {
    jvm.loseCounters();
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

  /** Takes what a snapshot found in the memory of its Go program. */
  void found(Instant at, Map<Signal, Double> figures, SampleBuffer buffer) {
    if (!judgesJvm) {
      buffer.add(at, container, Origin.GO_MEMORY, figures, null);
    }
  }

  /** Takes what one of its endpoints told. */
  void offered(Instant at, Origin origin, Map<Signal, Double> figures, SampleBuffer buffer) {
    buffer.add(at, container, origin, offered.take(origin, figures), null);
  }

  void measured(Map<Signal, Double> levels) {
    memory = Map.copyOf(levels);
  }

  /** Forgets the figures of processes that ended; counts stay. */
  void retain(Set<Long> pids) {
    go.retain(pids);
    jvm.retain(pids);
    maps.retain(pids);
    if (traced != null && !pids.contains(traced.pid())) {
      traced = null;
    }
  }

  /** Empty until one of its processes has collected; of a JVM, until it has twice. */
  OptionalDouble live() {
    var ofJvm = jvm.live().get(Signal.POST_GC_LIVE_HEAP);
    return ofJvm == null || go.live().isPresent() ? go.live() : OptionalDouble.of(ofJvm);
  }

  /** The newest of everything but maps; collections count those of all runtimes. */
  Map<Signal, Double> values() {
    var values = new EnumMap<Signal, Double>(Signal.class);
    values.putAll(memory);
    values.putAll(offered.requests());
    jvm.values().values().forEach(values::putAll);
    values.putAll(go.levels());
    live().ifPresent(bytes -> values.put(Signal.POST_GC_LIVE_HEAP, bytes));
    go.markTermination().ifPresent(seconds -> values.put(Signal.MARK_TERMINATION, seconds));
    values.put(Signal.COLLECTIONS, (double) (go.collections() + jvm.collections()));
    values.put(Signal.PAGE_FAULTS, (double) faults);
    return values;
  }

  /** Its maps. */
  MapLedger maps() {
    return maps;
  }

  /** What is known of its JVM now, by the source that tells it; empty for other runtimes. */
  Map<Origin, Map<Signal, Double>> jvmLevels() {
    return jvm.values();
  }

  void flush(SampleBuffer buffer, WallClock clock) {
    go.flush(container, buffer, clock);
    if (jvmCleanedAt != null && !jvm.live().isEmpty()) {
      buffer.add(jvmCleanedAt, container, jvm.liveOrigin(), jvm.live(), null);
      jvmCleanedAt = null;
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

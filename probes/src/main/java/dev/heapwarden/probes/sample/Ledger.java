package dev.heapwarden.probes.sample;

import dev.heapwarden.detection.sample.ContainerKey;
import dev.heapwarden.detection.sample.MapInstance;
import dev.heapwarden.detection.sample.Origin;
import dev.heapwarden.detection.sample.RuntimeKind;
import dev.heapwarden.detection.sample.Signal;
import dev.heapwarden.probes.buffer.SampleBuffer;
import dev.heapwarden.probes.gclog.GoTrace;
import dev.heapwarden.probes.go.Frame;
import dev.heapwarden.probes.go.Sites;
import dev.heapwarden.probes.gomemory.MemoryFigures;
import dev.heapwarden.probes.jvm.JvmCounters;
import dev.heapwarden.probes.jvm.JvmFigures;
import dev.heapwarden.probes.probe.ProbeEvent;
import dev.heapwarden.probes.target.Target;
import dev.heapwarden.probes.target.TargetProcess;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The ledgers of all targets. Every method may be called by any thread. */
public final class Ledger {
  private static final int TOLD_SITES = 5;

  private final SampleBuffer buffer;
  private final Sites sites;
  private final WallClock clock;
  private final Path procRoot;
  private final Map<ContainerKey, ContainerLedger> containers = new HashMap<>();
  private Map<Long, Owner> owners = Map.of();

  private record Owner(ContainerLedger ledger, TargetProcess process) {}

  public Ledger(SampleBuffer buffer, Sites sites, WallClock clock, Path procRoot) {
    this.buffer = buffer;
    this.sites = sites;
    this.clock = clock;
    this.procRoot = procRoot;
  }

  /** Says whose events count from now on. */
  public synchronized void targets(List<Target> targets) {
    flush();
    containers
        .keySet()
        .retainAll(
            targets.stream().map(target -> target.container().key()).collect(Collectors.toSet()));
    var byPid = new HashMap<Long, Owner>();
    for (var target : targets) {
      var ledger = containers.computeIfAbsent(target.container().key(), ContainerLedger::new);
      ledger.judgesJvm(target.runtime() == RuntimeKind.JVM);
      ledger.retain(
          target.processes().stream()
              .filter(this::isTheSame)
              .map(TargetProcess::pid)
              .collect(Collectors.toSet()));
      target.processes().forEach(process -> byPid.put(process.pid(), new Owner(ledger, process)));
    }
    owners = Map.copyOf(byPid);
  }

  /**
   * What a process was before it executed something else, or one of the same pid, is not its own.
   */
  private boolean isTheSame(TargetProcess process) {
    var before = owners.get(process.pid());
    return before != null && before.process().identity().equals(process.identity());
  }

  /** Takes an event; one of a process that is no target any more is left out. */
  public synchronized void accept(ProbeEvent event) {
    var owner = owners.get(event.pid());
    if (owner == null) {
      return;
    }
    var ledger = owner.ledger();
    switch (event) {
      case ProbeEvent.Collection gc -> ledger.collected(gc);
      case ProbeEvent.Spent _ -> {}
      case ProbeEvent.Faults faults -> ledger.faulted(faults.nanos(), faults.faults());
      case ProbeEvent.JvmCollection jvm ->
          ledger.probed(
              jvm.pid(),
              clock.at(jvm.nanos()),
              traced ->
                  traced.collected(
                      jvm.manager(), jvm.pool(), jvm.used(), jvm.most(), jvm.metaspace()));
      case ProbeEvent.JvmPause jvm ->
          ledger.probed(
              jvm.pid(),
              clock.at(jvm.nanos()),
              traced -> traced.paused(jvm.pauseNanos(), jvm.pools()));
      case ProbeEvent.MapGrowth growth -> ledger.grown(growth, () -> map(owner.process(), growth));
    }
  }

  /** Takes levels of a container, with what is known of its JVMs at that moment. */
  public synchronized void measured(ContainerKey container, Map<Signal, Double> levels) {
    var ledger = containers.get(container);
    if (ledger == null) {
      return;
    }
    ledger.measured(levels);
    buffer.add(clock.now(), container, Origin.CGROUP, levels, null);
    ledger
        .jvmLevels()
        .forEach((origin, values) -> buffer.add(clock.now(), container, origin, values, null));
  }

  /** Takes a reading of the counters of the JVM that is judged in a container. */
  public synchronized void counted(ContainerKey container, long pid, JvmCounters counters) {
    var ledger = containers.get(container);
    if (ledger != null) {
      ledger.read(pid, clock.now(), counters.figures());
    }
  }

  /**
   * Takes what the JVM that is judged in a container wrote of its collections.
   *
   * @param alone whether its counters cannot be read
   */
  public synchronized void logged(
      ContainerKey container, long pid, Instant at, JvmFigures figures, boolean alone) {
    var ledger = containers.get(container);
    if (ledger != null) {
      if (alone) {
        ledger.loseCounters();
      }
      ledger.read(pid, at, figures);
    }
  }

  /** Takes a collection that a Go program of a container wrote down. */
  public synchronized void traced(ContainerKey container, long pid, Instant at, GoTrace trace) {
    var ledger = containers.get(container);
    if (ledger != null) {
      ledger.traced(pid, at, trace);
    }
  }

  /** Takes what the Go program that is judged in a container keeps of itself in its memory. */
  public synchronized void allocated(
      ContainerKey container, long pid, MemoryFigures figures, long goroutines) {
    var ledger = containers.get(container);
    if (ledger != null) {
      ledger.allocated(pid, clock.now(), figures, goroutines, buffer);
    }
  }

  /** Takes the class counts of one look at a container's JVM, oldest first. */
  public synchronized void counted(ContainerKey container, long pid, List<ClassCount> counts) {
    var ledger = containers.get(container);
    if (ledger != null) {
      ledger.counted(pid, counts, buffer);
    }
  }

  /** Takes what a snapshot found in the memory of a container's Go program. */
  public synchronized void found(ContainerKey container, Map<Signal, Double> figures) {
    var ledger = containers.get(container);
    if (ledger != null) {
      ledger.found(clock.now(), figures, buffer);
    }
  }

  /** Takes what an endpoint of a container told. */
  public synchronized void offered(
      ContainerKey container, Origin origin, Map<Signal, Double> figures) {
    var ledger = containers.get(container);
    if (ledger != null) {
      ledger.offered(clock.now(), origin, figures, buffer);
    }
  }

  /** Turns what events changed into samples. */
  public synchronized void flush() {
    containers.values().forEach(ledger -> ledger.flush(buffer, clock));
  }

  /** The newest of a container's signals but maps; none where it is no target. */
  public synchronized Map<Signal, Double> values(ContainerKey container) {
    var ledger = containers.get(container);
    return ledger == null ? Map.of() : ledger.values();
  }

  /**
   * Entries of a container's largest Go maps, by the function that grows them, at most {@value
   * #TOLD_SITES}.
   */
  public synchronized Map<String, Long> largestMaps(ContainerKey container) {
    var ledger = containers.get(container);
    return ledger == null ? Map.of() : ledger.maps().largest(TOLD_SITES);
  }

  /** The Go maps of a process that were seen to grow, largest first. */
  public synchronized List<GrownMap> maps(long pid) {
    var owner = owners.get(pid);
    return owner == null ? List.of() : owner.ledger().maps().of(pid);
  }

  private MapInstance map(TargetProcess process, ProbeEvent.MapGrowth growth) {
    var program = process.program(procRoot);
    var site =
        program.flatMap(
            named ->
                sites.site(
                    named, growth.returnAddresses().stream().mapToLong(Long::longValue).toArray()));
    return new MapInstance(
        growth.pid(),
        "0x" + Long.toHexString(growth.address()),
        site.map(Frame::function).orElse(""),
        site.map(Frame::location).orElse(""),
        program.flatMap(named -> sites.mapType(named, growth.type())).orElse(""));
  }
}

package dev.heapwarden.probes.snapshot;

import dev.heapwarden.crds.snapshot.MemorySnapshotStatus;
import dev.heapwarden.crds.snapshot.MemorySnapshotStatus.Artifact.Source;
import dev.heapwarden.crds.snapshot.SnapshotKind;
import dev.heapwarden.detection.sample.ContainerKey;
import dev.heapwarden.probes.cost.Spending;
import dev.heapwarden.probes.go.Sites;
import dev.heapwarden.probes.jvm.JvmAttach;
import dev.heapwarden.probes.lane.Lanes;
import dev.heapwarden.probes.probe.Bpftrace;
import dev.heapwarden.probes.probe.Tracepoints;
import dev.heapwarden.probes.sample.GrownMap;
import dev.heapwarden.probes.target.ProcFs;
import dev.heapwarden.probes.target.Target;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes each kind of evidence. None that Auto stands for stops the program for long, and none whose
 * container's files do not answer keeps the others waiting.
 */
public final class EvidenceCollector {
  private static final Logger LOG = LoggerFactory.getLogger(EvidenceCollector.class);

  private static final String FILES = "the files of its container";

  /** For a file of /proc that is read through the memory of the process. */
  private static final Duration ENVIRONMENT = Duration.ofSeconds(10);

  private final BiFunction<SnapshotKind, Duration, Duration> patience;
  private final Lanes lanes = new Lanes();
  private final ArtifactStore store;
  private final MapGrowthEvidence maps;
  private final KernelMemoryEvidence kernel;
  private final NativeAllocationEvidence allocations;
  private final GoProfileEvidence profiles;
  private final GoMemoryEvidence goMemory;
  private final GoHolderEvidence holders;
  private final SmapsEvidence smaps;
  private final JvmEvidence jvm;
  private final ClassGrowthEvidence classes;
  private final ThreadEvidence threads;
  private final FlagEvidence flags;
  private final InstanceEvidence instances;
  private final HeapDumpEvidence heapDumps;
  private final ReliefEvidence relief;
  private final PreviousLogEvidence previousLog;
  private final DumpSweep dumps;
  private final ProcFs proc;
  private final Spending spending;
  private final FigureWitness figures;

  /**
   * @param store where artefacts stay
   * @param figures takes what rules may speak of
   * @param grown the Go maps of a process that were seen to grow, by its pid, largest first
   * @param spending takes what evidence takes from the program
   */
  public EvidenceCollector(
      Bpftrace bpftrace,
      Tracepoints tracepoints,
      Sites sites,
      ProcFs proc,
      ArtifactStore store,
      ClassWitness witness,
      FigureWitness figures,
      LongFunction<List<GrownMap>> grown,
      Spending spending,
      PodView pods) {
    this(
        bpftrace,
        tracepoints,
        sites,
        proc,
        store,
        witness,
        figures,
        grown,
        spending,
        pods,
        Patience::with);
  }

  /**
   * @param patience with a kind of an order of a window
   */
  EvidenceCollector(
      Bpftrace bpftrace,
      Tracepoints tracepoints,
      Sites sites,
      ProcFs proc,
      ArtifactStore store,
      ClassWitness witness,
      FigureWitness figures,
      LongFunction<List<GrownMap>> grown,
      Spending spending,
      PodView pods,
      BiFunction<SnapshotKind, Duration, Duration> patience) {
    this.patience = patience;
    this.store = store;
    this.figures = figures;
    var procRoot = proc.root();
    var attach = new JvmAttach(procRoot);
    maps = new MapGrowthEvidence(bpftrace, sites, store, proc, spending, grown);
    kernel = new KernelMemoryEvidence(bpftrace, tracepoints, store, spending, procRoot);
    allocations = new NativeAllocationEvidence(bpftrace, store, proc, spending);
    goMemory = new GoMemoryEvidence(proc, store);
    holders = new GoHolderEvidence(proc, store);
    profiles = new GoProfileEvidence(new PprofEvidence(store), goMemory);
    jvm = new JvmEvidence(attach, proc, store);
    Function<ContainerKey, PauseBounds> bounds =
        key ->
            pods.find(key.namespace(), key.pod())
                .flatMap(pod -> DumpBounds.of(pod, key.container()))
                .map(DumpBounds::pauses)
                .orElse(PauseBounds.IN_SERVICE);
    classes =
        new ClassGrowthEvidence(
            jvm,
            store,
            proc,
            new CountForecast(proc),
            new StallGuard("counting its heap", bounds),
            witness);
    smaps = new SmapsEvidence(proc, store, new StallGuard("walking its page tables", bounds));
    threads = new ThreadEvidence(jvm, proc, new StallGuard("a thread dump", bounds));
    flags = new FlagEvidence(jvm, goMemory, store, proc);
    var dumped = new HeapDumps(attach, jvm, proc);
    instances = new InstanceEvidence(dumped, store, pods);
    heapDumps = new HeapDumpEvidence(dumped, store, pods);
    relief = new ReliefEvidence(jvm, store, proc, pods);
    previousLog = new PreviousLogEvidence(pods, store);
    dumps = new DumpSweep(procRoot);
    this.proc = proc;
    this.spending = spending;
  }

  /** Names of the variables that set the runtime of its process; null when they are unreadable. */
  @Nullable List<String> variables(Target target) throws InterruptedException {
    var main = target.main();
    if (main.isEmpty()) {
      return null;
    }
    try {
      return lanes.call(lane(target), FILES, ENVIRONMENT, () -> variables(main.get().pid()));
    } catch (IOException _) {
      return null;
    }
  }

  private List<String> variables(long pid) throws IOException {
    return proc.variables(pid, MemorySnapshotStatus.VARIABLES).stream().sorted().toList();
  }

  /** Deletes what an agent that was killed left in containers. */
  void sweep(List<Target> targets) {
    dumps.sweep(targets);
  }

  /** Takes one kind, or fails where it does not come in time. */
  Evidence take(SnapshotKind kind, Order order) throws InterruptedException {
    long began = System.nanoTime();
    var evidence = attempt(kind, order);
    var took = Duration.ofNanos(System.nanoTime() - began);
    var container = order.target().container().key();
    spending.snapshot(container, cost(kind, evidence, took));
    if (evidence instanceof Evidence.Taken taken && !taken.told().figures().isEmpty()) {
      figures.measured(container, taken.told().figures());
    }
    return evidence;
  }

  /**
   * CPU that it took from the program, windows apart, which count their hits: for as long as it
   * stood still, or as a collection that it was asked for can have taken at most.
   */
  private static Duration cost(SnapshotKind kind, Evidence evidence, Duration took) {
    return switch (evidence) {
      case Evidence.Taken taken
          when kind == SnapshotKind.GO_HEAP_PROFILE
              && taken.source().equals(Optional.of(Source.PPROF)) ->
          took;
      case Evidence.Taken taken -> taken.stall();
      case Evidence.Refused(var _, var stall) -> stall;
      case Evidence.Failed(var _, var stall) -> stall;
    };
  }

  private Evidence attempt(SnapshotKind kind, Order order) throws InterruptedException {
    try {
      return lanes.call(
          lane(order.target()),
          FILES,
          patience.apply(kind, order.window()),
          () -> taken(kind, order));
    } catch (IOException late) {
      log(kind, order, late);
      return new Evidence.Failed(String.valueOf(late.getMessage()));
    }
  }

  private static String lane(Target target) {
    return target.container().key().containerId();
  }

  private Evidence taken(SnapshotKind kind, Order order) throws InterruptedException {
    try {
      // Nothing stops the program for what could not be kept.
      store.checkDisk(1);
      return switch (kind) {
        case MAP_GROWTH -> maps.take(order);
        case KERNEL_MEMORY -> kernel.take(order);
        case NATIVE_ALLOCATIONS -> allocations.take(order);
        case GO_HEAP_PROFILE -> profiles.heap(order);
        case GO_HEAP_HOLDERS -> holders.take(order);
        case GOROUTINES -> profiles.goroutines(order);
        case MUTEX_PROFILE -> profiles.mutexes(order);
        case MEM_STATS -> goMemory.figures(order);
        case CLASS_HISTOGRAM -> classes.take(order);
        case THREAD_DUMP -> threads.take(order);
        case HEAP_INFO -> jvm.take(order, "GC.heap_info", "heap-info.txt");
        case NATIVE_MEMORY -> jvm.takeNativeMemory(order);
        case FINALIZER_INFO -> jvm.take(order, "GC.finalizer_info", "finalizers.txt");
        case FLAGS -> flags.take(order);
        case SMAPS -> smaps.take(order);
        case INSTANCE_SAMPLE -> instances.take(order);
        case HEAP_DUMP -> heapDumps.take(order);
        case COLLECT_GARBAGE -> relief.collect(order);
        case TRIM_NATIVE_HEAP -> relief.trim(order);
        case PREVIOUS_LOG -> previousLog.take(order);
        case AUTO -> throw new IllegalArgumentException("Auto is no kind of its own");
      };
    } catch (ArtifactStore.NoRoom refusal) {
      return new Evidence.Refused(String.valueOf(refusal.getMessage()));
    } catch (StalledException stalled) {
      log(kind, order, stalled.failure());
      return new Evidence.Failed(reason(stalled.failure()), stalled.stall());
    } catch (IOException failure) {
      log(kind, order, failure);
      return new Evidence.Failed(reason(failure));
    } catch (RuntimeException mistake) {
      // Its message may quote what was read of the program.
      log(kind, order, mistake);
      return new Evidence.Failed("a mistake of the agent: " + mistake.getClass().getSimpleName());
    }
  }

  private static String reason(IOException failure) {
    return failure.getClass().getSimpleName() + ": " + failure.getMessage();
  }

  /** Without its message, which may quote what was read of the program. */
  private static void log(SnapshotKind kind, Order order, Exception failure) {
    LOG.warn(
        "evidence failed kind={} namespace={} snapshot={} failure={} at={}",
        kind,
        order.owner().namespace(),
        order.owner().snapshot(),
        failure.getClass().getName(),
        failure.getStackTrace().length == 0 ? "" : failure.getStackTrace()[0]);
  }
}

package dev.heapwarden.e2e.bench;

import dev.heapwarden.crds.policy.RuntimeChoice;
import dev.heapwarden.detection.sample.Attachment;
import dev.heapwarden.detection.sample.ContainerKey;
import dev.heapwarden.detection.sample.RuntimeKind;
import dev.heapwarden.probes.cost.Spending;
import dev.heapwarden.probes.jvm.Counters;
import dev.heapwarden.probes.jvm.JvmCounters;
import dev.heapwarden.probes.probe.Bpftrace;
import dev.heapwarden.probes.probe.BpftraceLine;
import dev.heapwarden.probes.probe.ChildProcess;
import dev.heapwarden.probes.probe.NodeProbe;
import dev.heapwarden.probes.probe.Tracepoints;
import dev.heapwarden.probes.snapshot.MapProgram;
import dev.heapwarden.probes.target.CgroupTree;
import dev.heapwarden.probes.target.Offers;
import dev.heapwarden.probes.target.ProcFs;
import dev.heapwarden.probes.target.ProcessScan;
import dev.heapwarden.probes.target.Target;
import dev.heapwarden.probes.target.WatchedContainer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The agent's own parts on one process: what it finds, probes and reads of a container, at the
 * agent's pace. Only the container is made up: a directory that lists the process as a cgroup does.
 */
final class Watching {
  private static final ContainerKey KEY =
      new ContainerKey("bench", "server", "uid", "server", "bench-container");

  /** Hits are told at the end of slots of five seconds. */
  private static final Duration ESTIMATE = Duration.ofSeconds(12);

  private static final Path PROC = Path.of("/proc");
  private static final Duration DEADLINE = Duration.ofSeconds(20);

  /** Nothing is left out: the cost is what is asked for. */
  private static final double BUDGET = 1;

  /** The agent's heartbeat; it reads a JVM's counters as often. */
  private static final Duration PACE = Duration.ofSeconds(1);

  private final Bpftrace bpftrace;
  private final ProcessScan scan;
  private final WatchedContainer container;
  private final Spending spending = new Spending(System::nanoTime, InstantSource.system());
  private final NodeProbe probe;

  /**
   * @param scratch with a short path
   */
  Watching(Bpftrace bpftrace, Path scratch, long pid) throws IOException {
    this.bpftrace = bpftrace;
    var cgroup = scratch.resolve("memory").resolve(KEY.containerId());
    Files.createDirectories(cgroup);
    Files.writeString(cgroup.resolve("cgroup.procs"), pid + "\n");
    scan = new ProcessScan(new CgroupTree(scratch), new ProcFs(PROC));
    container =
        new WatchedContainer(
            KEY,
            "bench",
            RuntimeChoice.AUTO,
            Duration.ofSeconds(15),
            Instant.now(),
            Offers.none(),
            BUDGET);
    probe =
        new NodeProbe(
            bpftrace, new Tracepoints(Path.of("/sys/kernel/tracing")), spending, event -> {});
  }

  /** Attaches the node's program; returns when all of it is seen to be attached. */
  void attach() throws IOException, InterruptedException {
    long end = System.nanoTime() + DEADLINE.toNanos();
    List<Attachment> attachments;
    do {
      probe.reconcile(List.of(target()), _ -> Optional.empty());
      attachments = probe.attachments(target(), jvm(), Optional.empty());
      if (System.nanoTime() - end > 0) {
        throw new IOException("not everything attaches: " + attachments);
      }
      Thread.sleep(50);
    } while (attachments.stream().anyMatch(found -> found.state() != Attachment.State.ATTACHED));
  }

  /** Detaches it; returns when no bpftrace of ours is left. */
  void detach() throws IOException, InterruptedException {
    long end = System.nanoTime() + DEADLINE.toNanos();
    do {
      probe.reconcile(List.of(), _ -> Optional.empty());
      if (System.nanoTime() - end > 0) {
        throw new IOException("the node's program does not end");
      }
      Thread.sleep(50);
    } while (ProcessHandle.current().children().anyMatch(Watching::isBpftrace));
  }

  /** Does for that long what the agent does meanwhile. */
  void watch(Duration time) throws IOException, InterruptedException {
    long end = System.nanoTime() + time.toNanos();
    for (long left = time.toNanos(); left > 0; left = end - System.nanoTime()) {
      probe.reconcile(List.of(target()), _ -> Optional.empty());
      var _ = jvm();
      Thread.sleep(Duration.ofNanos(Math.min(left, PACE.toNanos())));
    }
  }

  /**
   * A map window that is open.
   *
   * @param hits that it counted; told when it has ended
   */
  record MapWindow(ChildProcess child, AtomicLong hits) {}

  /** Nanoseconds that the agent counts for a write in a map window. */
  long countedPerWrite() throws IOException {
    return MapProgram.cost(target().main().orElseThrow().go().orElseThrow());
  }

  /** Opens a map window; returns when it is seen to be attached. */
  MapWindow openMapWindow(Duration time) throws IOException, InterruptedException {
    var process = target().main().orElseThrow();
    var attached = new CountDownLatch(1);
    var hits = new AtomicLong();
    var child =
        bpftrace.start(
            MapProgram.of(process, time),
            process.pid(),
            List.of(),
            time.plus(DEADLINE),
            line -> {
              switch (line) {
                case BpftraceLine.Text(var text) when text.startsWith("start ") ->
                    attached.countDown();
                case BpftraceLine.Values(var map, var values) when map.equals("@hits") ->
                    values.values().forEach(value -> hits.set(value.asLong()));
                default -> {}
              }
            });
    if (!attached.await(DEADLINE.toMillis(), TimeUnit.MILLISECONDS)) {
      child.stop();
      throw new IOException("a map window does not attach: " + child.complaint());
    }
    return new MapWindow(child, hits);
  }

  /**
   * What the agent says that watching costs, as a share of the CPU time: by the hits that it counts
   * in two or three slots.
   */
  double estimate(Server server) throws IOException, InterruptedException {
    spending.targets(List.of());
    spending.targets(List.of(target()));
    spending.ran(target(), server.cpuNanos());
    watch(ESTIMATE);
    spending.ran(target(), server.cpuNanos());
    return spending.overhead(KEY).orElseThrow().ratio();
  }

  private Target target() {
    return scan.scan(List.of(container)).getFirst();
  }

  /** Reads the counters of a JVM, as the agent does each second. */
  private List<Attachment> jvm() throws IOException {
    var main = target().main().orElseThrow();
    if (main.runtime() != RuntimeKind.JVM) {
      return List.of();
    }
    var counters = Counters.of(main.pid(), PROC);
    if (counters.isEmpty()) {
      throw new IOException("the JVM keeps no counters");
    }
    var _ = counters.get().read();
    return List.of(new Attachment(JvmCounters.PROBE, Attachment.State.ATTACHED, null));
  }

  private static boolean isBpftrace(ProcessHandle child) {
    return child.info().arguments().map(List::of).orElse(List.of()).contains("-f");
  }
}

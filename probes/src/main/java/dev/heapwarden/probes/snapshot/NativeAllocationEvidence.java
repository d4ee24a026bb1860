package dev.heapwarden.probes.snapshot;

import dev.heapwarden.crds.snapshot.MemorySnapshotStatus.AllocationReport;
import dev.heapwarden.probes.cost.Spending;
import dev.heapwarden.probes.nativecode.Allocator;
import dev.heapwarden.probes.nativecode.CodeFile;
import dev.heapwarden.probes.probe.Bpftrace;
import dev.heapwarden.probes.probe.BpftraceLine;
import dev.heapwarden.probes.target.ProcFs;
import dev.heapwarden.probes.target.TargetProcess;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.List;

/** A short window of probes on a C library's malloc, free and mmap, in one process. */
public final class NativeAllocationEvidence {
  /**
   * Attaching and detaching, besides the window: two dozen probes, on a node without a free core.
   */
  static final Duration OVERHEAD = Duration.ofSeconds(60);

  private final Bpftrace bpftrace;
  private final ArtifactStore store;
  private final ProcFs proc;
  private final Spending spending;

  /**
   * @param store where artefacts stay
   * @param spending is told what a window took from the container
   */
  public NativeAllocationEvidence(
      Bpftrace bpftrace, ArtifactStore store, ProcFs proc, Spending spending) {
    this.bpftrace = bpftrace;
    this.store = store;
    this.proc = proc;
    this.spending = spending;
  }

  /** What became of a window. */
  public sealed interface Outcome {}

  /**
   * What it saw.
   *
   * @param library whose malloc was watched
   * @param seconds that its first half lasted: what was allocated then and outlived the second half
   *     is told
   * @param cut whether it was closed early, at its budget
   * @param millis of CPU time that it took from the process, by the count of hits
   * @param olderFreed blocks from before the window that were given back in the first half
   * @param leftOut blocks for which it had no room
   * @param lost events that are counted nowhere
   * @param places most bytes first
   */
  public record Report(
      long pid,
      String library,
      double seconds,
      boolean cut,
      long millis,
      long olderFreed,
      long leftOut,
      long lost,
      List<AllocationPlace> places)
      implements Outcome {
    public Report {
      places = List.copyOf(places);
    }
  }

  /**
   * It saw nothing.
   *
   * @param refused whether it cannot be opened on this process at all
   */
  public record Unseen(boolean refused, String reason) implements Outcome {}

  Evidence take(Order order) throws IOException {
    var process = order.target().main();
    if (process.isEmpty()) {
      return new Evidence.Refused("no process was found");
    }
    return switch (watch(process.get(), order.window())) {
      case Unseen(boolean refused, String reason) ->
          refused ? new Evidence.Refused(reason) : new Evidence.Failed(reason);
      case Report report -> {
        spending.snapshot(order.target().container().key(), Duration.ofMillis(report.millis()));
        yield Evidence.Taken.of(
            store.store(
                order.owner(),
                "native-allocations.json",
                new ByteArrayInputStream(BpftraceLine.JSON.writeValueAsBytes(report))),
            Evidence.Told.allocations(reports(report))
                .of(new Evidence.Window(report.cut(), report.lost())));
      }
    };
  }

  private boolean lives(TargetProcess process) {
    try {
      return proc.is(process.identity());
    } catch (IOException _) {
      return false;
    }
  }

  private static List<AllocationReport> reports(Report report) {
    return AllocationPlace.bySite(report.places()).stream()
        .map(place -> place.report(report.seconds()))
        .toList();
  }

  /** Watches a process. */
  public Outcome watch(TargetProcess process, Duration time) throws IOException {
    var files = CodeFile.of(proc, process.pid());
    return switch (Allocator.of(files, process.identity().executable().inode())) {
      case Allocator.Unseen(String reason) -> new Unseen(true, reason);
      case Allocator.Known known -> watch(process, time, files, known);
    };
  }

  private Outcome watch(
      TargetProcess process, Duration time, List<CodeFile> files, Allocator.Known allocator)
      throws IOException {
    // An image may name its files as it likes: only a name that means nothing to bpftrace stands in
    // a program.
    var foreign =
        allocator.functions().stream()
            .map(probed -> probed.file().path().toString())
            .filter(path -> !MapGrowthEvidence.PLAIN_PATH.matcher(path).matches())
            .findFirst();
    if (foreign.isPresent()) {
      return new Unseen(true, "the path of its C library is not plain");
    }
    var window = new AllocationWindow();
    var child =
        bpftrace.start(
            AllocationProgram.of(allocator, time),
            process.pid(),
            List.of(),
            time.plus(OVERHEAD),
            window::read);
    child.ended().join();
    if (!window.attached()) {
      return new Unseen(false, "bpftrace: " + child.complaint());
    }
    if (!window.whole()) {
      return new Unseen(
          false,
          lives(process) ? "bpftrace: " + child.complaint() : "the process ended in the window");
    }
    return new Report(
        process.pid(),
        allocator.library().name(),
        window.seconds(),
        window.paid() > AllocationProgram.BUDGET.toNanos(),
        Duration.ofNanos(window.paid()).toMillis(),
        window.older(),
        window.leftOut(),
        window.lost(),
        AllocationPlace.of(window.stacks(), files, allocator));
  }
}

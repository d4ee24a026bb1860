package dev.heapwarden.probes.snapshot;

import dev.heapwarden.probes.jvm.Counters;
import dev.heapwarden.probes.target.ProcFs;
import java.io.IOException;

/** The stacks of all threads of a JVM, which stands still while it prints them. */
final class ThreadEvidence {
  /**
   * Of a hundred frames: 0.9 s were measured for 2,000 threads in a JVM of JDK 25 that had a CPU of
   * its own, as the time of its VM thread; 0.4 s with thirty frames each, 0.25 s with five.
   */
  private static final double SECONDS_PER_THREAD = 0.9 / 2000;

  private final JvmEvidence jvm;
  private final ProcFs proc;
  private final StallGuard guard;

  ThreadEvidence(JvmEvidence jvm, ProcFs proc, StallGuard guard) {
    this.jvm = jvm;
    this.proc = proc;
    this.guard = guard;
  }

  Evidence take(Order order) throws IOException, InterruptedException {
    var process = JvmEvidence.process(order.target());
    if (process.isEmpty()) {
      return new Evidence.Refused("no JVM runs in it");
    }
    var container = order.target().container().key();
    // Those of the JVM itself are printed too: the kernel counts all.
    var forecast =
        Pause.of(proc.threads(process.get().pid()), SECONDS_PER_THREAD, Pause.cpus(order.target()));
    var refusal = guard.refusal(container, forecast);
    if (refusal.isPresent()) {
      return new Evidence.Refused(refusal.get());
    }
    var counters = Counters.readable(process.get().pid(), proc.root());
    var before = counters.flatMap(Counters::now);
    var evidence = jvm.take(order, "Thread.print", "threads.txt");
    if (evidence instanceof Evidence.Taken taken) {
      guard.allows(
          container, Pause.between(before, counters.flatMap(Counters::now)).orElse(taken.stall()));
    }
    return evidence;
  }
}

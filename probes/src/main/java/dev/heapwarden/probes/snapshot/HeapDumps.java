package dev.heapwarden.probes.snapshot;

import dev.heapwarden.probes.heap.HeapDumpReader;
import dev.heapwarden.probes.jvm.ClassHistogram;
import dev.heapwarden.probes.jvm.DumpPlace;
import dev.heapwarden.probes.jvm.HeapDump;
import dev.heapwarden.probes.jvm.HeapInfo;
import dev.heapwarden.probes.jvm.JvmAttach;
import dev.heapwarden.probes.target.ProcFs;
import dev.heapwarden.probes.target.TargetProcess;
import java.io.IOException;
import java.time.Duration;
import java.util.function.UnaryOperator;

/**
 * Has JVMs write heap dumps. It stops them, so it is done only where nobody waits for it and
 * nothing kills them for that.
 */
final class HeapDumps {
  /** Without fields, in bytes (JDK 17 to 25 unless headers are compact). */
  private static final long SMALLEST_OBJECT = 16;

  /** Beyond what it may stop the program for: collecting garbage, putting segments together. */
  private static final Duration SLACK = Duration.ofSeconds(30);

  private static final int SLOWER = 4;

  /** What any dump may take. */
  static final Duration LONGEST = deadline(PauseBounds.LONGEST);

  private final JvmAttach attach;
  private final JvmEvidence jvm;
  private final ProcFs proc;
  private final UnaryOperator<Duration> deadlines;
  private final EarlierDumps earlier = new EarlierDumps();

  HeapDumps(JvmAttach attach, JvmEvidence jvm, ProcFs proc) {
    this(attach, jvm, proc, HeapDumps::deadline);
  }

  /**
   * @param deadlines of a dump, by the pause that is forecast
   */
  HeapDumps(JvmAttach attach, JvmEvidence jvm, ProcFs proc, UnaryOperator<Duration> deadlines) {
    this.attach = attach;
    this.jvm = jvm;
    this.proc = proc;
    this.deadlines = deadlines;
  }

  /** What a dump may take, past which the JVM is left alone with it; by the forecast pause. */
  private static Duration deadline(Duration pause) {
    return pause.multipliedBy(SLOWER).plus(SLACK);
  }

  /** What a dump is taken for. */
  interface Use {
    /**
     * Asks for room for what will be made of it.
     *
     * @throws ArtifactStore.NoRoom when there is none
     */
    void checkRoom(DumpForecast forecast) throws IOException;

    /** Whether it must be known before how many objects it has. */
    boolean isForReading();

    /** Makes something of it; afterwards it is gone. */
    Evidence.Taken of(HeapDump dump, Duration stall) throws IOException;
  }

  /** Takes one, or says why not. */
  Evidence take(Order order, DumpBounds bounds, Use use) throws IOException, InterruptedException {
    var process = JvmEvidence.process(order.target());
    if (process.isEmpty()) {
      return new Evidence.Refused("no JVM runs in it");
    }
    try {
      return take(order, process.get(), bounds, use);
    } catch (JvmAttach.RefusedException refused) {
      return new Evidence.Refused(String.valueOf(refused.getMessage()));
    }
  }

  private Evidence take(Order order, TargetProcess process, DumpBounds bounds, Use use)
      throws IOException, InterruptedException {
    var late = earlier.refusal(process);
    if (late.isPresent()) {
      return new Evidence.Refused(late.get());
    }
    var used = HeapInfo.used(jvm.text(process, "GC.heap_info"));
    if (used.isEmpty()) {
      return new Evidence.Refused("the JVM does not say how much its heap holds");
    }
    var forecast = DumpForecast.of(used.getAsLong(), Pause.cpus(order.target()));
    var refusal = bounds.refusal(earlier.corrected(forecast, process));
    if (refusal.isPresent()) {
      return new Evidence.Refused(refusal.get());
    }
    var place = DumpPlace.find(process.pid(), proc.root(), forecast.space(), bounds::volumeLimit);
    use.checkRoom(forecast);
    long began = System.nanoTime();
    long objects =
        use.isForReading() && used.getAsLong() > HeapDumpReader.OBJECTS * SMALLEST_OBJECT
            ? objects(process)
            : 0;
    var counting = Duration.ofNanos(System.nanoTime() - began);
    if (objects > HeapDumpReader.OBJECTS) {
      return new Evidence.Refused(
          "it has %d live objects, and a heap dump is read of %d at most"
              .formatted(objects, HeapDumpReader.OBJECTS),
          counting);
    }
    try (var dump = dump(process, place, forecast, counting)) {
      return used(use, dump, dump.stall().plus(counting));
    }
  }

  private static Evidence used(Use use, HeapDump dump, Duration stall) throws StalledException {
    try {
      return use.of(dump, stall);
    } catch (IOException failure) {
      throw new StalledException(stall, failure);
    }
  }

  /** Those that the dump would have; counting them takes a quarter of its time. */
  private long objects(TargetProcess process) throws IOException, InterruptedException {
    var counted = jvm.ask(process, "GC.class_histogram", ClassHistogram::read);
    return counted.classes().values().stream().mapToLong(ClassHistogram.Count::instances).sum();
  }

  private HeapDump dump(
      TargetProcess process, DumpPlace place, DumpForecast forecast, Duration counting)
      throws IOException, InterruptedException {
    long began = System.nanoTime();
    var deadline = deadlines.apply(forecast.pause());
    try {
      var dump =
          HeapDump.take(
              attach,
              process.pid(),
              proc.root(),
              jvm.stillIt(process),
              place,
              DumpBounds.LARGEST,
              deadline);
      earlier.ended(process, dump.stall());
      return dump;
    } catch (JvmAttach.RefusedException refused) {
      throw refused;
    } catch (IOException failure) {
      var took = Duration.ofNanos(System.nanoTime() - began);
      if (failure instanceof JvmAttach.LateException) {
        earlier.late(process, deadline);
      } else {
        earlier.ended(process, took);
      }
      throw new StalledException(counting.plus(took), failure);
    }
  }
}

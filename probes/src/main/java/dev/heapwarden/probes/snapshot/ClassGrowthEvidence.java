package dev.heapwarden.probes.snapshot;

import dev.heapwarden.crds.snapshot.MemorySnapshotStatus.ClassReport;
import dev.heapwarden.crds.snapshot.TellingClass;
import dev.heapwarden.probes.jvm.ClassHistogram;
import dev.heapwarden.probes.jvm.Counters;
import dev.heapwarden.probes.jvm.FinalizerQueue;
import dev.heapwarden.probes.jvm.JvmAttach;
import dev.heapwarden.probes.sample.ClassCount;
import dev.heapwarden.probes.target.ProcFs;
import dev.heapwarden.probes.target.TargetProcess;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Which classes of a JVM grow: histograms at the start, in the middle and at the end of a window.
 * No histogram forces a collection, so each counts garbage too; each is taken right after a young
 * collection where one comes in time, and a class must grow in both halves of the window, or since
 * an earlier one.
 */
final class ClassGrowthEvidence {
  private static final String COMMAND = "GC.class_histogram -all";
  private static final String FINALIZERS = "GC.finalizer_info";
  private static final String FILE = "class-histograms.txt";
  private static final int HISTOGRAMS = 3;
  private static final Duration ASK_AGAIN = Duration.ofMillis(20);

  /** Longest text of one histogram that is kept. */
  private static final int TEXT = 4 << 20;

  private final JvmEvidence jvm;
  private final ArtifactStore store;
  private final ProcFs proc;
  private final CountForecast forecast;
  private final StallGuard guard;
  private final ClassWitness witness;

  /** A count has some hundred KiB, and 3 MiB at most. */
  private final EarlierLooks<ClassCount> earlier = new EarlierLooks<>(8, 1);

  ClassGrowthEvidence(
      JvmEvidence jvm,
      ArtifactStore store,
      ProcFs proc,
      CountForecast forecast,
      StallGuard guard,
      ClassWitness witness) {
    this.jvm = jvm;
    this.store = store;
    this.proc = proc;
    this.forecast = forecast;
    this.guard = guard;
    this.witness = witness;
  }

  Evidence take(Order order) throws IOException, InterruptedException {
    var process = JvmEvidence.process(order.target());
    if (process.isEmpty()) {
      return new Evidence.Refused("no JVM runs in it");
    }
    var counters = Counters.readable(process.get().pid(), proc.root());
    var expected = forecast.of(order.target(), process.get(), counters.flatMap(Counters::now));
    var refusal = guard.refusal(order.target().container().key(), expected);
    if (refusal.isPresent()) {
      return new Evidence.Refused(refusal.get());
    }
    try {
      return take(order, process.get(), counters);
    } catch (JvmAttach.RefusedException refused) {
      return new Evidence.Refused(String.valueOf(refused.getMessage()));
    }
  }

  private Evidence take(Order order, TargetProcess process, Optional<Counters> counters)
      throws IOException, InterruptedException {
    var container = order.target().container().key();
    var texts = new ByteArrayOutputStream();
    var counted = new ArrayList<ClassCount>();
    var stall = Duration.ZERO;
    var half = order.window().dividedBy(HISTOGRAMS - 1);
    boolean collectedBeforeEach = true;
    boolean allowed = true;
    for (int i = 0; i < HISTOGRAMS && allowed; i++) {
      if (i > 0) {
        Thread.sleep(half);
      }
      collectedBeforeEach &= awaitYoungCollection(counters, half);
      var before = counters.flatMap(Counters::now);
      long began = System.nanoTime();
      var text = jvm.ask(process, COMMAND, answer -> answer.readNBytes(TEXT));
      var took = Duration.ofNanos(System.nanoTime() - began);
      var after = counters.flatMap(Counters::now);
      // Asking and answering take time too, in which it runs: its own clock is the judge.
      allowed = guard.allows(container, Pause.between(before, after).orElse(took));
      stall = stall.plus(took);
      texts.writeBytes(text);
      counted.add(
          new ClassCount(Instant.now(), ClassHistogram.read(new ByteArrayInputStream(text))));
    }
    var stored = store.store(order.owner(), FILE, new ByteArrayInputStream(texts.toByteArray()));
    if (counted.size() < HISTOGRAMS) {
      return Evidence.Taken.of(stored, Evidence.Told.NOTHING, stall);
    }
    if (collectedBeforeEach) {
      witness.counted(container, process.pid(), counted);
    }
    var newest = EarlierLooks.Look.now(counted.getLast());
    var grown =
        GrownClasses.of(earlier.before(process, newest).map(EarlierLooks.Look::seen), counted);
    earlier.remember(process, newest);
    return Evidence.Taken.of(
        stored,
        Evidence.Told.classes(
            GrownClasses.awaitingFinalizer(grown, awaitingFinalizer(process, grown))),
        stall);
  }

  /**
   * Waits for the next young collection.
   *
   * @return false when none was seen in time
   */
  private static boolean awaitYoungCollection(Optional<Counters> counters, Duration patience)
      throws InterruptedException {
    var before = counters.flatMap(Counters::now);
    var now = before;
    long deadline = System.nanoTime() + patience.toNanos();
    while (now.isPresent() && System.nanoTime() - deadline < 0) {
      if (now.get().youngCollections() != before.get().youngCollections()) {
        return true;
      }
      Thread.sleep(ASK_AGAIN);
      now = counters.flatMap(Counters::now);
    }
    return false;
  }

  /** Those that wait for finalizers, by class; asked only where more and more objects have one. */
  private Map<String, Long> awaitingFinalizer(TargetProcess process, List<ClassReport> grown)
      throws IOException, InterruptedException {
    boolean asked =
        grown.stream()
            .anyMatch(found -> found.className().equals(TellingClass.FINALIZER.className()));
    try {
      return asked ? FinalizerQueue.read(jvm.text(process, FINALIZERS)) : Map.of();
    } catch (JvmAttach.RefusedException _) {
      return Map.of();
    }
  }
}

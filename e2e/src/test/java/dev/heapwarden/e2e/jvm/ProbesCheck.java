package dev.heapwarden.e2e.jvm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.heapwarden.detection.sample.Attachment;
import dev.heapwarden.detection.sample.Sample;
import dev.heapwarden.detection.sample.Signal;
import dev.heapwarden.probes.jvm.JvmCounters;
import dev.heapwarden.probes.jvm.JvmUsdt;
import java.io.IOException;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.awaitility.core.ThrowingRunnable;

/** What must hold of a JVM that keeps no counters: its static probes tell of its collections. */
final class ProbesCheck {
  /** An event is told within a few. */
  private static final long SETTLED_MILLIS = 500;

  /**
   * The probes enclose what a JVM times itself: on a busy machine it may be put off in between, and
   * then the probes tell more, never less.
   */
  private static final int ROUNDS = 4;

  private final Cell cell;
  private final JvmContainer jvm;
  private final JvmAgent agent;

  ProbesCheck(JvmContainer jvm, JvmAgent agent) {
    this.cell = jvm.cell();
    this.jvm = jvm;
    this.agent = agent;
  }

  /** What they leave out is known after a collection, and what is live after two that are seen. */
  Map<String, Long> run() throws IOException, InterruptedException {
    awaitThat(
        () ->
            assertThat(agent.attachments(jvm).get(JvmUsdt.PROBE))
                .extracting(Attachment::state)
                .isEqualTo(Attachment.State.ATTACHED));
    var told = jvm.collect();
    awaitThat(() -> assertThat(agent.values(jvm)).containsKey(Signal.METASPACE));
    double excess = Double.MAX_VALUE;
    for (int round = 0; round < ROUNDS && excess > 0; round++) {
      // What it paused before the probes were there is in its beans alone.
      TimeUnit.MILLISECONDS.sleep(SETTLED_MILLIS);
      double seen = pauseMillis();
      double before = figure(told, "pauseMillis");
      jvm.collect();
      told = jvm.collect();
      awaitFigures(told);
      TimeUnit.MILLISECONDS.sleep(SETTLED_MILLIS);
      excess = excess(pauseMillis() - seen, figure(told, "pauseMillis") - before);
    }
    assertThat(excess).as("milliseconds of pauses beyond the tolerance").isNotPositive();
    assertThat(agent.samples(jvm))
        .isNotEmpty()
        .extracting(Sample::origin)
        .containsOnly(cell.origin());
    return told;
  }

  private void awaitFigures(Map<String, Long> told) {
    awaitThat(
        () -> {
          assertThat(agent.attachments(jvm))
              .containsOnlyKeys(JvmCounters.PROBE, JvmUsdt.PROBE)
              .containsEntry(
                  JvmUsdt.PROBE,
                  new Attachment(
                      JvmUsdt.PROBE,
                      Attachment.State.ATTACHED,
                      cell.probesLeaveOut().orElse(null)));
          assertThat(value(Signal.METASPACE))
              .isCloseTo(figure(told, "metaspace"), CellCheck.TOLERANCE);
          liveHeapIsRight(figure(told, "old"));
        });
  }

  /** Milliseconds by which the probes told more pauses than the JVM, beyond the tolerance. */
  private double excess(double probed, double timed) {
    if (cell.probesLeaveOut().isPresent()) {
      assertThat(agent.values(jvm)).doesNotContainKey(Signal.GC_PAUSE_TIME);
      return 0;
    }
    double tolerance = CellCheck.TRUNCATED_MILLIS + timed * CellCheck.TOLERANCE.value / 100;
    assertThat(probed).isGreaterThanOrEqualTo(timed - tolerance);
    return probed - timed - tolerance;
  }

  private double pauseMillis() {
    return value(Signal.GC_PAUSE_TIME) * 1e3;
  }

  private void liveHeapIsRight(double old) {
    if (!cell.tellsLiveHeap()) {
      assertThat(agent.values(jvm))
          .doesNotContainKeys(Signal.OLD_GENERATION, Signal.POST_GC_LIVE_HEAP);
      return;
    }
    assertThat(value(Signal.OLD_GENERATION)).isCloseTo(old, CellCheck.TOLERANCE);
    assertThat(value(Signal.POST_GC_LIVE_HEAP)).isCloseTo(old, CellCheck.TOLERANCE);
  }

  private void awaitThat(ThrowingRunnable holds) {
    await(cell.toString()).pollInSameThread().atMost(CellCheck.PATIENCE).untilAsserted(holds);
  }

  private double value(Signal signal) {
    return agent.values(jvm).getOrDefault(signal, Double.NaN);
  }

  private static double figure(Map<String, Long> told, String name) {
    return Objects.requireNonNull(told.get(name));
  }
}

package dev.heapwarden.e2e.jvm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
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

  /** Of a few pauses on a machine with much else to do; how near they are says JvmSourcesIT. */
  private static final double NEAR = 0.25;

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
    double before = figure(jvm.collect(), "pauseMillis");
    awaitThat(() -> assertThat(agent.values(jvm)).containsKey(Signal.METASPACE));
    // What it paused before the probes were there is in its beans alone.
    TimeUnit.MILLISECONDS.sleep(SETTLED_MILLIS);
    double seen = value(Signal.GC_PAUSE_TIME) * 1e3;
    jvm.collect();
    var told = jvm.collect();
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
          pausesAreRight(seen, figure(told, "pauseMillis") - before);
          liveHeapIsRight(figure(told, "old"));
        });
    assertThat(agent.samples(jvm))
        .isNotEmpty()
        .extracting(Sample::origin)
        .containsOnly(cell.origin());
    return told;
  }

  private void pausesAreRight(double seen, double pauses) {
    if (cell.probesLeaveOut().isPresent()) {
      assertThat(agent.values(jvm)).doesNotContainKey(Signal.GC_PAUSE_TIME);
      return;
    }
    double tolerance = CellCheck.TRUNCATED_MILLIS + pauses * NEAR;
    assertThat(value(Signal.GC_PAUSE_TIME) * 1e3 - seen).isCloseTo(pauses, within(tolerance));
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

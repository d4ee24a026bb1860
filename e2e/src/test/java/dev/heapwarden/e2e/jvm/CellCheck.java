package dev.heapwarden.e2e.jvm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import dev.heapwarden.detection.sample.Attachment;
import dev.heapwarden.detection.sample.Sample;
import dev.heapwarden.detection.sample.Signal;
import dev.heapwarden.probes.jvm.ClassHistogram;
import dev.heapwarden.probes.jvm.HeapInfo;
import dev.heapwarden.probes.jvm.JvmAttach;
import dev.heapwarden.probes.jvm.JvmCounters;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.assertj.core.data.Percentage;
import org.awaitility.core.ThrowingRunnable;

/** What must hold of a cell's JVM while it is watched, and afterwards. */
final class CellCheck {
  static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final String LIVE_HEAP = "JvmLiveHeap";
  private static final String PAUSES = "JvmPauses";
  static final Percentage TOLERANCE = Percentage.withPercentage(5);

  /** The JVM's beans count whole milliseconds, of each collector. */
  static final double TRUNCATED_MILLIS = 3;

  /** Of those that e2e/jvms/Figures.java allocates to have them collected. */
  private static final long GARBAGE = 100_000;

  private static final int COLLECTIONS = 4;

  private static final List<String> COMMANDS =
      List.of(
          "Thread.print",
          "GC.class_histogram -all",
          "GC.heap_info",
          "VM.native_memory summary scale=MB",
          "VM.flags -all",
          "VM.log list");
  private static final Pattern SOCKET = Pattern.compile("tmp/\\.java_pid\\d+");
  private static final Pattern SAID = Pattern.compile("ready|held=.*");

  private final JvmAttach attach = new JvmAttach(Path.of("/proc"));
  private final Cell cell;
  private final JvmContainer jvm;
  private final JvmAgent agent;

  CellCheck(JvmContainer jvm, JvmAgent agent) {
    this.cell = jvm.cell();
    this.jvm = jvm;
    this.agent = agent;
  }

  void run() throws IOException, InterruptedException {
    var before = jvm.files();
    agent.watch(jvm);
    try {
      await("a look at " + cell)
          .pollInSameThread()
          .atMost(PATIENCE)
          .until(
              () -> {
                var counters = agent.attachments(jvm).get(JvmCounters.PROBE);
                return counters != null && counters.state() != Attachment.State.PENDING;
              });
      var collected = countersAreRightOrRefused();
      commandsAnswerOrAreRefused(collected);
    } finally {
      agent.leave(jvm);
    }
    itWasLeftAsItWas(before);
  }

  private Map<String, Long> countersAreRightOrRefused() throws IOException, InterruptedException {
    var refusal = cell.countersRefusal();
    if (refusal.isPresent()) {
      assertRefused(JvmCounters.PROBE, refusal.get());
      return new ProbesCheck(jvm, agent).run();
    }
    assertAttached(JvmCounters.PROBE);
    var told = collectSeen();
    // What is live is told at the second collection that is seen; of ZGC one may look like none.
    for (int i = 0; i < COLLECTIONS && cell.liveHeapRefusal().isEmpty() && !isTold(); i++) {
      told = collectSeen();
    }
    var latest = told;
    awaitThat(() -> liveHeapIsRightOrRefused(latest));
    assertThat(agent.samples(jvm))
        .isNotEmpty()
        .extracting(Sample::origin)
        .containsOnly(cell.origin());
    return told;
  }

  private boolean isTold() {
    return agent.values(jvm).containsKey(Signal.POST_GC_LIVE_HEAP);
  }

  /** Waits until the agent tells what the JVM told after it had collected. */
  private Map<String, Long> collectSeen() throws IOException, InterruptedException {
    double before = value(Signal.GC_PAUSE_TIME);
    var told = jvm.collect();
    awaitThat(
        () -> {
          if (cell.pausesRefusal().isEmpty()) {
            assertThat(value(Signal.GC_PAUSE_TIME)).isGreaterThan(before);
          }
          levelsAreThoseOf(told);
        });
    return told;
  }

  private void awaitThat(ThrowingRunnable holds) {
    await(cell.toString()).pollInSameThread().atMost(PATIENCE).untilAsserted(holds);
  }

  private void levelsAreThoseOf(Map<String, Long> told) {
    assertThat(value(Signal.METASPACE)).isCloseTo(figure(told, "metaspace"), TOLERANCE);
    assertThat(value(Signal.THREADS)).isCloseTo(figure(told, "threads"), TOLERANCE);
    assertThat(value(Signal.LOADED_CLASSES)).isCloseTo(figure(told, "classes"), TOLERANCE);
    pausesAreRightOrRefused(told);
  }

  private void pausesAreRightOrRefused(Map<String, Long> told) {
    var refusal = cell.pausesRefusal();
    if (refusal.isPresent()) {
      assertRefused(PAUSES, refusal.get());
      assertThat(agent.values(jvm)).doesNotContainKey(Signal.GC_PAUSE_TIME);
      return;
    }
    assertAttached(PAUSES);
    double pauses = figure(told, "pauseMillis");
    assertThat(value(Signal.GC_PAUSE_TIME) * 1e3)
        .isCloseTo(pauses, within(TRUNCATED_MILLIS + pauses * TOLERANCE.value / 100));
  }

  private void liveHeapIsRightOrRefused(Map<String, Long> told) {
    var refusal = cell.liveHeapRefusal();
    if (refusal.isPresent()) {
      assertRefused(LIVE_HEAP, refusal.get());
      assertThat(agent.values(jvm))
          .doesNotContainKeys(Signal.OLD_GENERATION, Signal.POST_GC_LIVE_HEAP);
      return;
    }
    assertAttached(LIVE_HEAP);
    assertThat(value(Signal.OLD_GENERATION)).isCloseTo(figure(told, "old"), TOLERANCE);
    assertThat(value(Signal.POST_GC_LIVE_HEAP)).isCloseTo(figure(told, "old"), TOLERANCE);
  }

  private void commandsAnswerOrAreRefused(Map<String, Long> collected)
      throws IOException, InterruptedException {
    long pid = agent.jvm(jvm).orElseThrow();
    assertThat(attach.refusal(pid)).isEqualTo(cell.attachRefusal());
    if (cell.attachRefusal().isPresent()) {
      for (var command : COMMANDS) {
        assertThatThrownBy(() -> ask(pid, command))
            .as(command)
            .isInstanceOf(JvmAttach.RefusedException.class)
            .hasMessage(cell.attachRefusal().get());
      }
      return;
    }
    long held = Objects.requireNonNull(collected.get("held"));
    assertThat(ask(pid, COMMANDS.getFirst())).contains("\"main\"");
    var histogram =
        ClassHistogram.read(new BufferedReader(new StringReader(ask(pid, COMMANDS.get(1)))));
    assertThat(
            Optional.ofNullable(histogram.classes().get("Figures$Held")).orElseThrow().instances())
        .isBetween(held, held + GARBAGE);
    assertThat(HeapInfo.used(ask(pid, COMMANDS.get(2))).orElseThrow()).isGreaterThan(held * 1000);
    assertThat(ask(pid, COMMANDS.get(3))).contains("Java Heap");
    assertThat(ask(pid, COMMANDS.get(4))).contains("MaxHeapSize");
    assertThat(ask(pid, COMMANDS.getLast())).contains("Log output configuration");
  }

  /** SIGQUIT would have ended it, or had it print its threads. */
  private void itWasLeftAsItWas(Set<String> before) throws IOException, InterruptedException {
    var left = new HashSet<>(jvm.files());
    left.removeAll(before);
    assertThat(left).as("files left in it").allMatch(SOCKET.asMatchPredicate());
    assertThat(left).hasSize(asked() ? 1 : 0);
    assertThat(jvm.alive()).isTrue();
    assertThat(jvm.end()).allMatch(SAID.asMatchPredicate());
  }

  /** Whether it had to be asked to listen. */
  private boolean asked() {
    return cell.attachRefusal().isEmpty() && cell.mode() != Cell.Mode.REDUCED_SIGNALS;
  }

  private String ask(long pid, String command) throws IOException, InterruptedException {
    return attach.ask(
        pid,
        jvm::alive,
        command,
        PATIENCE,
        answer -> new String(answer.readAllBytes(), StandardCharsets.UTF_8));
  }

  private void assertAttached(String probe) {
    assertThat(agent.attachments(jvm))
        .containsEntry(probe, new Attachment(probe, Attachment.State.ATTACHED, null));
  }

  private void assertRefused(String probe, String reason) {
    assertThat(agent.attachments(jvm))
        .containsEntry(probe, new Attachment(probe, Attachment.State.REFUSED, reason));
  }

  private double value(Signal signal) {
    return agent.values(jvm).getOrDefault(signal, Double.NaN);
  }

  private static double figure(Map<String, Long> told, String name) {
    return Objects.requireNonNull(told.get(name));
  }
}

package dev.heapwarden.probes.snapshot;

import dev.heapwarden.detection.sample.RuntimeKind;
import dev.heapwarden.probes.jvm.JvmAttach;
import dev.heapwarden.probes.target.ProcFs;
import dev.heapwarden.probes.target.Target;
import dev.heapwarden.probes.target.TargetProcess;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;

/** What a JVM prints of itself when asked over its attach protocol. */
final class JvmEvidence {
  private static final String NATIVE_MEMORY = "native-memory.txt";

  /** A thread dump of thousands of threads takes seconds, and a count of a large heap too. */
  static final Duration DEADLINE = Duration.ofSeconds(60);

  /** Some thousand threads with deep stacks; what comes after is cut. The agent's heap is small. */
  private static final int TEXT = 8 << 20;

  /** About 600 flags have 110 characters each. */
  private static final int SHORT_TEXT = 1 << 20;

  private static final String NO_DETAIL = "it tracks its native memory without detail";

  /**
   * What an answer begins with that is none, and what it means (JDK 17 and 25,
   * src/hotspot/share/nmt/nmtDCmd.cpp and src/hotspot/share/services/diagnosticCommand.cpp).
   */
  private static final Map<String, String> NOTHING_TOLD =
      Map.of(
          "Native memory tracking is not enabled",
          "it was started without -XX:NativeMemoryTracking",
          "Detail tracking is not enabled",
          NO_DETAIL,
          "Tracking level has been downgraded",
          NO_DETAIL,
          "Finalization is disabled",
          "it was started with --finalization=disabled: nothing waits for a finalizer");

  private final JvmAttach attach;
  private final ProcFs proc;
  private final ArtifactStore store;

  JvmEvidence(JvmAttach attach, ProcFs proc, ArtifactStore store) {
    this.attach = attach;
    this.proc = proc;
    this.store = store;
  }

  /** The JVM of a container: the one that is judged, else the largest. */
  static Optional<TargetProcess> process(Target target) {
    return target
        .main()
        .filter(JvmEvidence::isJvm)
        .or(
            () ->
                target.processes().stream()
                    .filter(JvmEvidence::isJvm)
                    .max(Comparator.comparingLong(TargetProcess::anonymousBytes)));
  }

  private static boolean isJvm(TargetProcess process) {
    return process.runtime() == RuntimeKind.JVM;
  }

  /**
   * Stores what a command prints.
   *
   * @param command that neither forces a collection nor stops the JVM for long
   * @param file name of the artefact
   */
  Evidence take(Order order, String command, String file) throws IOException, InterruptedException {
    var process = process(order.target());
    if (process.isEmpty()) {
      return new Evidence.Refused("no JVM runs in it");
    }
    long began = System.nanoTime();
    try {
      var text = ask(process.get(), command, answer -> answer.readNBytes(TEXT));
      var stall = Duration.ofNanos(System.nanoTime() - began);
      var firstLine = new String(text, 0, Math.min(text.length, 80), StandardCharsets.UTF_8);
      var nothing =
          NOTHING_TOLD.entrySet().stream()
              .filter(known -> firstLine.startsWith(known.getKey()))
              .findFirst();
      if (nothing.isPresent()) {
        return new Evidence.Refused(nothing.get().getValue());
      }
      return Evidence.Taken.of(
          store.store(order.owner(), file, new ByteArrayInputStream(text)),
          Evidence.Told.NOTHING,
          stall);
    } catch (JvmAttach.RefusedException refused) {
      return new Evidence.Refused(String.valueOf(refused.getMessage()));
    }
  }

  /**
   * Stores what it uses native memory for: where each block was allocated too, after the summary,
   * where it tracks that.
   */
  Evidence takeNativeMemory(Order order) throws IOException, InterruptedException {
    var detail = take(order, "VM.native_memory detail scale=MB", NATIVE_MEMORY);
    return detail instanceof Evidence.Refused(var reason, var _) && reason.equals(NO_DETAIL)
        ? take(order, "VM.native_memory summary scale=MB", NATIVE_MEMORY)
        : detail;
  }

  <T> T ask(TargetProcess process, String command, JvmAttach.Reader<T> reader)
      throws IOException, InterruptedException {
    return attach.ask(process.pid(), stillIt(process), command, DEADLINE, reader);
  }

  /** All that a command prints, as far as a MiB. */
  String text(TargetProcess process, String command) throws IOException, InterruptedException {
    return ask(
        process,
        command,
        answer -> new String(answer.readNBytes(SHORT_TEXT), StandardCharsets.UTF_8));
  }

  /** Whether its pid has not become another process's. */
  JvmAttach.Check stillIt(TargetProcess process) {
    return () -> proc.startTicks(process.pid()) == process.identity().startTicks();
  }
}

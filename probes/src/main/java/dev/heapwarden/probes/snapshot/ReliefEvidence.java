package dev.heapwarden.probes.snapshot;

import dev.heapwarden.detection.sample.ContainerKey;
import dev.heapwarden.probes.jvm.HeapInfo;
import dev.heapwarden.probes.jvm.JvmAttach;
import dev.heapwarden.probes.target.ProcFs;
import dev.heapwarden.probes.target.TargetProcess;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What a JVM gives back when it is asked to: garbage by a full collection, and what the C library
 * keeps of freed native memory. Nothing asks for either but an order of its own. Both are over at
 * once: what leaks stays, and goes on.
 */
final class ReliefEvidence {
  /**
   * 6.4 s were measured for 0.7 GB of objects of 32 bytes (JDK 17, SerialGC, on a core that others
   * used too). Garbage counts as if it lived: how much it is cannot be known before. Collectors
   * that run beside the program stop it for less.
   */
  private static final double COLLECTION_SECONDS_PER_BYTE = 6.4 / 0.7e9;

  private static final String TRIM = "System.trim_native_heap";

  private final JvmEvidence jvm;
  private final ArtifactStore store;
  private final ProcFs proc;
  private final StallGuard collecting;
  private final StallGuard trimming;

  /** Who orders it by name lets a pod in service stand still for as long as no probe notices. */
  ReliefEvidence(JvmEvidence jvm, ArtifactStore store, ProcFs proc, PodView pods) {
    this(
        jvm,
        store,
        proc,
        new StallGuard("a full collection", key -> bounds(pods, key)),
        new StallGuard("giving back native memory", key -> bounds(pods, key)));
  }

  /**
   * @param collecting guards what stops all of the JVM
   * @param trimming guards what whoever of it allocates waits for
   */
  ReliefEvidence(
      JvmEvidence jvm,
      ArtifactStore store,
      ProcFs proc,
      StallGuard collecting,
      StallGuard trimming) {
    this.jvm = jvm;
    this.store = store;
    this.proc = proc;
    this.collecting = collecting;
    this.trimming = trimming;
  }

  private static PauseBounds bounds(PodView pods, ContainerKey key) {
    return pods.find(key.namespace(), key.pod())
        .flatMap(pod -> DumpBounds.of(pod, key.container()))
        .map(found -> found.pauses().isolated() ? found : found.unnoticed())
        .map(DumpBounds::pauses)
        .orElse(PauseBounds.IN_SERVICE);
  }

  /** A full collection: JDK 17 and 25, SystemGCDCmd of src/hotspot/share/services. */
  Evidence collect(Order order) throws IOException, InterruptedException {
    var process = JvmEvidence.process(order.target());
    if (process.isEmpty()) {
      return new Evidence.Refused("no JVM runs in it");
    }
    try {
      return ask(
          order,
          process.get(),
          collecting,
          COLLECTION_SECONDS_PER_BYTE,
          "GC.run",
          "collection.txt");
    } catch (JvmAttach.RefusedException refused) {
      return new Evidence.Refused(String.valueOf(refused.getMessage()));
    }
  }

  /** The arenas of glibc: JDK 17.0.9 and 25, src/hotspot/os/linux/trimCHeapDCmd.cpp. */
  Evidence trim(Order order) throws IOException, InterruptedException {
    var process = JvmEvidence.process(order.target());
    if (process.isEmpty()) {
      return new Evidence.Refused("no JVM runs in it");
    }
    try {
      return knows(process.get())
          ? ask(order, process.get(), trimming, 0, TRIM, "native-trim.txt")
          : new Evidence.Refused(
              "this JVM knows no System.trim_native_heap, which JDKs for Linux have since 17.0.9 and 21");
    } catch (JvmAttach.RefusedException refused) {
      return new Evidence.Refused(String.valueOf(refused.getMessage()));
    }
  }

  private boolean knows(TargetProcess process) throws IOException, InterruptedException {
    return jvm.text(process, "help").lines().anyMatch(TRIM::equals);
  }

  private Evidence ask(
      Order order,
      TargetProcess process,
      StallGuard guard,
      double secondsPerByte,
      String command,
      String file)
      throws IOException, InterruptedException {
    var container = order.target().container().key();
    var before = measure(process);
    var expected =
        Pause.of(
            before.heap().orElse(before.anonymous()), secondsPerByte, Pause.cpus(order.target()));
    var refusal = guard.refusal(container, expected);
    if (refusal.isPresent()) {
      return new Evidence.Refused(refusal.get());
    }
    long began = System.nanoTime();
    var answer = jvm.text(process, command);
    var took = Duration.ofNanos(System.nanoTime() - began);
    var _ = guard.allows(container, took);
    var nothing = whyNothing(answer);
    return nothing.isPresent()
        ? new Evidence.Refused(nothing.get(), took)
        : taken(order, command, file, before, measure(process), took);
  }

  /** JDK 8 heeds -XX:+DisableExplicitGC here; 17 and 25 collect all the same. */
  private static Optional<String> whyNothing(String answer) {
    if (answer.startsWith("Explicit GC is disabled")) {
      return Optional.of("it was started with -XX:+DisableExplicitGC: nothing was collected");
    }
    return answer.startsWith("Not available")
        ? Optional.of("its C library gives nothing back when asked: only glibc does")
        : Optional.empty();
  }

  private Evidence taken(
      Order order, String command, String file, Amounts before, Amounts after, Duration took)
      throws IOException {
    var said =
        String.format(
            Locale.ROOT,
            "%s gave back %s of %s of anonymous memory%s, in %.1f s; what leaks is as it was",
            command,
            mebibytes(Math.max(0, before.anonymous() - after.anonymous())),
            mebibytes(before.anonymous()),
            heap(before, after),
            took.toMillis() / 1e3);
    var stored =
        store.store(
            order.owner(),
            file,
            new ByteArrayInputStream((said + "\n").getBytes(StandardCharsets.UTF_8)));
    return Evidence.Taken.of(stored, Evidence.Told.NOTHING.advising(List.of(said)), took);
  }

  private static String heap(Amounts before, Amounts after) {
    return before.heap().isEmpty() || after.heap().isEmpty()
        ? ""
        : "; its heap held %s before and holds %s"
            .formatted(mebibytes(before.heap().getAsLong()), mebibytes(after.heap().getAsLong()));
  }

  /**
   * What it takes at a moment.
   *
   * @param anonymous bytes, resident or swapped out
   * @param heap bytes of its objects, garbage included; empty where it does not say
   */
  private record Amounts(long anonymous, OptionalLong heap) {}

  private Amounts measure(TargetProcess process) throws IOException, InterruptedException {
    return new Amounts(
        proc.anonymousBytes(process.pid()), HeapInfo.used(jvm.text(process, "GC.heap_info")));
  }

  private static String mebibytes(long bytes) {
    return String.format(Locale.ROOT, "%.1f MiB", bytes / (double) (1 << 20));
  }
}

package dev.heapwarden.operator.incident;

import dev.heapwarden.detection.sample.ContainerKey;
import dev.heapwarden.detection.sample.RuntimeKind;
import dev.heapwarden.detection.verdict.Cause;
import dev.heapwarden.detection.verdict.Evidence;
import dev.heapwarden.detection.verdict.Growth;
import dev.heapwarden.detection.verdict.Layer;
import dev.heapwarden.detection.verdict.Verdict;
import dev.heapwarden.detection.verdict.Witness;
import dev.heapwarden.operator.evaluate.Assessment;
import dev.heapwarden.operator.evaluate.Workload;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** What detection says in these tests. */
final class Findable {
  static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
  static final Workload CHECKOUT = new Workload("Deployment", "checkout", "uid-checkout");

  private Findable() {}

  /** A pod whose container is ten minutes old. */
  static Assessment confirmed(String pod, double bytesPerSecond) {
    return assessment(pod, new Verdict.Confirmed(evidence(bytesPerSecond)), Duration.ofMinutes(10));
  }

  static Assessment suspected(String pod, double bytesPerSecond) {
    return assessment(pod, new Verdict.Suspected(evidence(bytesPerSecond)), Duration.ofMinutes(10));
  }

  static Assessment healthy(String pod) {
    return assessment(pod, new Verdict.Healthy(evidence(0)), Duration.ofMinutes(10));
  }

  static Assessment aged(Assessment assessment, Duration age) {
    return assessment(assessment.container().pod(), assessment.verdict(), age);
  }

  private static Assessment assessment(String pod, Verdict verdict, Duration age) {
    return new Assessment(
        CHECKOUT.uid(),
        new ContainerKey("shop", pod, "uid-" + pod, "checkout", "id-" + pod),
        RuntimeKind.GO,
        false,
        verdict,
        age,
        NOW);
  }

  private static Evidence evidence(double bytesPerSecond) {
    return new Evidence(
        Layer.APPLICATION,
        Cause.MAP_GROWTH,
        "It grows.",
        new Growth(
            bytesPerSecond,
            bytesPerSecond * 0.9,
            bytesPerSecond * 1.1,
            1e8,
            20,
            Duration.ofMinutes(5)),
        Duration.ofSeconds(3_700),
        "main.handle",
        List.of(new Witness(Witness.Kind.POST_GC_LIVE_HEAP, Witness.Stance.SUPPORTS, "20 points")),
        Map.of());
  }
}

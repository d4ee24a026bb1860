package dev.heapwarden.operator.incident;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heapwarden.crds.policy.MemoryPolicy;
import dev.heapwarden.crds.snapshot.MemorySnapshot;
import dev.heapwarden.crds.snapshot.SnapshotKind;
import dev.heapwarden.detection.sample.ContainerKey;
import dev.heapwarden.detection.sample.RuntimeKind;
import dev.heapwarden.detection.verdict.Cause;
import dev.heapwarden.detection.verdict.Evidence;
import dev.heapwarden.detection.verdict.Growth;
import dev.heapwarden.detection.verdict.Layer;
import dev.heapwarden.detection.verdict.Verdict;
import dev.heapwarden.detection.verdict.Witness;
import dev.heapwarden.operator.collect.Sight;
import dev.heapwarden.operator.evaluate.Assessment;
import dev.heapwarden.operator.evaluate.Evaluation;
import dev.heapwarden.operator.evaluate.WatchedContainer;
import dev.heapwarden.operator.evaluate.Workload;
import dev.heapwarden.operator.health.SnapshotServer;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The policy's window is five minutes. */
class SecondLookTest {
  private static final Instant NOON = Instant.parse("2026-07-01T12:00:00Z");
  private static final Workload ORDERS = new Workload("Deployment", "orders", "uid-orders");
  private static final Workload STOCK = new Workload("Deployment", "stock", "uid-stock");

  private final SnapshotServer server = new SnapshotServer();
  private final SecondLook looks = new SecondLook(server.client());

  SecondLookTest() throws IOException {}

  @AfterEach
  void close() {
    server.close();
  }

  @Test
  void theSecondLookComesAWindowAfterTheFirstAndTheOthersOnceInTwo() {
    assertThat(minutesOfLooks(30, suspected(ORDERS, "orders-a", 9))).containsExactly(0, 5, 15, 25);
  }

  @Test
  void ofTwoPodsTheFastestIsLookedAtTwiceBeforeTheOther() {
    var pods = new ArrayList<String>();
    for (int minute = 0; minute < 20; minute += 5) {
      pods.addAll(look(minute, suspected(ORDERS, "orders-a", 1), suspected(ORDERS, "orders-b", 9)));
    }

    assertThat(pods).containsExactly("orders-b", "orders-b", "orders-a", "orders-a");
  }

  @Test
  void aHealthyJvmIsNotLookedAt() {
    assertThat(look(0, container(ORDERS, "orders-a", new Verdict.Healthy(evidence(0))))).isEmpty();
  }

  /** Who gained is told by what they held before it was confirmed. */
  @Test
  void ofAGoProgramWhoHoldsItsHeapIsAskedWhereTheCauseIsNotKnown() {
    assertThat(look(0, goProgram(Cause.MAP_GROWTH))).isEmpty();
    assertThat(look(5, goProgram(Cause.UNKNOWN))).containsExactly("orders-a");

    assertThat(server.snapshots.values())
        .singleElement()
        .satisfies(
            look -> {
              assertThat(look.getSpec().kinds()).containsExactly(SnapshotKind.GO_HEAP_HOLDERS);
              assertThat(look.getSpec().window()).isEqualTo("1s");
            });
  }

  @Test
  void looksAtAWorkloadThatIsGoneAreDeletedWithinAnHour() {
    look(0, suspected(ORDERS, "orders-a", 9), suspected(STOCK, "stock-a", 9));
    look(59, suspected(STOCK, "stock-a", 9));
    assertThat(server.pods()).contains("orders-a");

    look(60, suspected(STOCK, "stock-a", 9));

    assertThat(server.pods()).isNotEmpty().containsOnly("stock-a");
  }

  @Test
  void theLooksOfAnotherPolicyAreLeftAlone() {
    look(0, suspected(ORDERS, "orders-a", 9));
    server
        .snapshots
        .values()
        .forEach(look -> look.getMetadata().getOwnerReferences().getFirst().setUid("uid-other"));

    look(60);

    assertThat(server.pods()).containsExactly("orders-a");
  }

  private List<Integer> minutesOfLooks(int until, WatchedContainer container) {
    var minutes = new ArrayList<Integer>();
    for (int minute = 0; minute < until; minute++) {
      if (!look(minute, container).isEmpty()) {
        minutes.add(minute);
      }
    }
    return minutes;
  }

  /** The pods that it asks about. */
  private List<String> look(int minute, WatchedContainer... containers) {
    var before = List.copyOf(server.snapshots.values());
    var now = NOON.plus(Duration.ofMinutes(minute));
    looks.accept(new Evaluation(policy(), List.of(containers), now));
    var asked = new ArrayList<>(server.snapshots.values());
    asked.removeAll(before);
    asked.forEach(look -> look.getMetadata().setCreationTimestamp(now.toString()));
    return asked.stream().map(MemorySnapshot::getSpec).map(spec -> spec.pod()).toList();
  }

  private static MemoryPolicy policy() {
    return Serialization.unmarshal(
        """
        apiVersion: heapwarden.dev/v1alpha1
        kind: MemoryPolicy
        metadata: {name: shop, namespace: shop, uid: uid-policy}
        spec:
          selector: {matchLabels: {app: orders}}
        """,
        MemoryPolicy.class);
  }

  private static WatchedContainer suspected(Workload workload, String pod, double bytesPerSecond) {
    return container(workload, pod, new Verdict.Suspected(evidence(bytesPerSecond)));
  }

  private static WatchedContainer goProgram(Cause cause) {
    return container(ORDERS, "orders-a", RuntimeKind.GO, new Verdict.Suspected(evidence(cause, 9)));
  }

  private static WatchedContainer container(Workload workload, String pod, Verdict verdict) {
    return container(workload, pod, RuntimeKind.JVM, verdict);
  }

  private static WatchedContainer container(
      Workload workload, String pod, RuntimeKind runtime, Verdict verdict) {
    var key = new ContainerKey("shop", pod, "uid-" + pod, "app", "id-" + pod);
    return new WatchedContainer(
        key,
        workload,
        false,
        new Sight.NoAgent(),
        new Assessment(workload.uid(), key, runtime, false, verdict, Duration.ofHours(1), NOON));
  }

  private static Evidence evidence(double bytesPerSecond) {
    return evidence(Cause.UNKNOWN, bytesPerSecond);
  }

  private static Evidence evidence(Cause cause, double bytesPerSecond) {
    return new Evidence(
        Layer.RUNTIME,
        cause,
        "It grows.",
        new Growth(bytesPerSecond, bytesPerSecond, bytesPerSecond, 1e8, 20, Duration.ofMinutes(9)),
        null,
        "",
        List.of(new Witness(Witness.Kind.POST_GC_LIVE_HEAP, Witness.Stance.SUPPORTS, "it grows")),
        Map.of());
  }
}

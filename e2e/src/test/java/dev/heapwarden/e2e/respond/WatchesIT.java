package dev.heapwarden.e2e.respond;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heapwarden.crds.incident.Phase;
import dev.heapwarden.crds.policy.Intervene;
import dev.heapwarden.crds.policy.Isolate;
import dev.heapwarden.crds.policy.MemoryPolicy;
import dev.heapwarden.crds.policy.Mode;
import dev.heapwarden.crds.policy.Scale;
import dev.heapwarden.crds.snapshot.MemorySnapshot;
import dev.heapwarden.crds.snapshot.MemorySnapshotStatus;
import dev.heapwarden.e2e.cluster.Cluster;
import dev.heapwarden.operator.respond.KubernetesIncidents;
import dev.heapwarden.operator.respond.LeakIncidentReconciler;
import dev.heapwarden.operator.respond.guard.Ruling;
import dev.heapwarden.operator.schedule.Alarms;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.javaoperatorsdk.operator.Operator;
import io.javaoperatorsdk.operator.OperatorException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs on a cluster of its own, for its audit log. */
@Tag("chaos")
class WatchesIT {
  private static final Duration WHATEVER_HAPPENS = Duration.ofMinutes(5);

  private static final Map<String, Integer> ANSWER = Map.of("pods", 1, "deployments/scale", 1);

  private static final Map<String, Integer> UNDO =
      Map.of("pods", 1, "deployments/scale", 1, "deployments", 1);

  @Test
  void anOperatorWhoseWatchesAreStaleDroppedAndGoneDoesEachStepOnceAndUndoesIt(
      @TempDir Path directory) throws Exception {
    var audit = Audit.in(directory);
    try (var cluster = Cluster.startAudited(audit.directory());
        var _ = StoppedOperator.in(cluster.client());
        var faulty = new FaultyApiServer(cluster.client().getConfiguration())) {
      var shop = Shop.open(cluster.client(), "watches", "Deployment", "");
      var operator = started(faulty.client());
      try (var leak = RecordedLeak.of(cluster.client(), shop, scaling())) {
        until(leak, Phase.VERIFYING);
        var answer = audit.effects(shop.namespace(), FaultyApiServer.CLIENT);
        assertThat(Audit.counted(answer)).as("%s", answer).isEqualTo(ANSWER);

        leak.askForUndo();
        until(leak, Phase.ROLLED_BACK);
        var all = audit.effects(shop.namespace(), FaultyApiServer.CLIENT);
        var undo = all.subList(answer.size(), all.size());
        assertThat(Audit.counted(undo)).as("%s", undo).isEqualTo(UNDO);
        assertThat(snapshots(shop)).hasSize(1);
      } finally {
        operator.stop();
      }
      assertThat(faulty.met())
          .containsKeys(Fault.WATCH_STALE, Fault.WATCH_DROPPED, Fault.GONE, Fault.UNAVAILABLE);
    }
  }

  private static MemoryPolicy scaling() {
    return Leak.policy(
        Mode.ENFORCE,
        3,
        new Isolate("1h"),
        new Intervene(null, null, new Scale(1, 4), null, "24h"));
  }

  /** As its Deployment does, until it starts: without its first lists an operator ends. */
  private static Operator started(KubernetesClient client) {
    while (true) {
      var operator = operator(client);
      try {
        operator.start();
        return operator;
      } catch (OperatorException _) {
        operator.stop();
      }
    }
  }

  private static Operator operator(KubernetesClient client) {
    var operator =
        new Operator(
            overrider ->
                overrider
                    .withKubernetesClient(client)
                    .withCloseClientOnStop(false)
                    .withUseSSAToPatchPrimaryResource(true));
    operator.register(
        new LeakIncidentReconciler(
            client,
            new KubernetesIncidents(client),
            kind -> new Ruling.Go(),
            (workload, container) -> List.of(),
            (about, reason, message) -> {},
            InstantSource.system(),
            Duration.ofDays(30),
            new Alarms()));
    return operator;
  }

  /** Takes the snapshots meanwhile, as an agent does. */
  private static void until(RecordedLeak leak, Phase phase) {
    Shop.within(WHATEVER_HAPPENS)
        .until(
            () -> {
              snapshots(leak.shop()).stream()
                  .filter(snapshot -> snapshot.getStatus() == null)
                  .forEach(snapshot -> complete(leak.client(), snapshot));
              return leak.status().phase() == phase;
            });
  }

  private static List<MemorySnapshot> snapshots(Shop shop) {
    return shop.client()
        .resources(MemorySnapshot.class)
        .inNamespace(shop.namespace())
        .list()
        .getItems();
  }

  private static void complete(KubernetesClient client, MemorySnapshot snapshot) {
    snapshot.setStatus(Serialization.unmarshal("phase: Completed", MemorySnapshotStatus.class));
    client.resource(snapshot).updateStatus();
  }
}

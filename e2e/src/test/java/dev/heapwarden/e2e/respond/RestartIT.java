package dev.heapwarden.e2e.respond;

import static dev.heapwarden.e2e.respond.Responses.step;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heapwarden.crds.incident.Phase;
import dev.heapwarden.crds.incident.Step.State;
import dev.heapwarden.crds.policy.MemoryPolicy;
import dev.heapwarden.e2e.ClusterExtension;
import dev.heapwarden.operator.evaluate.Assessment;
import dev.heapwarden.operator.respond.Response;
import dev.heapwarden.operator.respond.action.RestartPods;
import dev.heapwarden.operator.respond.guard.Ruling;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** The pods that leak are made again one after the other, on a real cluster. */
@Execution(ExecutionMode.CONCURRENT)
@ExtendWith(ClusterExtension.class)
class RestartIT extends InAShop {
  private static final Duration RESTARTED = Duration.ofMinutes(4);

  RestartIT(KubernetesClient client) {
    super(client);
  }

  @Test
  void bothPodsAreReplacedOneAfterTheOtherAndOneAlwaysServes() {
    var shop = open("respond-restart", "StatefulSet", "");
    client.resource(budget(shop.namespace())).create();
    var before = shop.pods(Map.of("app", "checkout"));
    var uids = before.stream().map(pod -> pod.getMetadata().getUid()).collect(Collectors.toSet());
    var incident = Leak.ofCheckout(shop, "StatefulSet", before.getFirst().getMetadata().getName());
    var incidents = new StoredIncidents(incident);
    var serving = new Serving();
    before.forEach(pod -> serving.eventReceived(Watcher.Action.ADDED, pod));

    try (var _ =
        client.pods().inNamespace(shop.namespace()).withLabel("app", "checkout").watch(serving)) {
      Shop.within(RESTARTED)
          .until(
              () -> {
                // An operator of its own each time: it knows what the step and the pods say.
                restarting(incidents, before)
                    .advance(incidents.get(), Optional.of(policy(shop.namespace())));
                return incidents.get().getStatus().phase() == Phase.VERIFYING;
              });
    }

    var step = step(incidents.get().getStatus(), "Restart");
    assertThat(step.state()).isEqualTo(State.DONE);
    assertThat(step.message()).startsWith("2 pods of statefulset/checkout were restarted");
    assertThat(step.patch()).contains("\"Eviction\"", "uid: ");
    var after = shop.pods(Map.of("app", "checkout"));
    assertThat(after).hasSize(2);
    assertThat(after)
        .extracting(pod -> pod.getMetadata().getUid())
        .doesNotContainAnyElementsOf(uids);
    assertThat(serving.fewest()).as("pods that served at any time").isEqualTo(1);
  }

  private Response restarting(StoredIncidents incidents, List<Pod> leaking) {
    List<Assessment> seen = leaking.stream().map(pod -> Leak.seenIn(pod, "checkout")).toList();
    return Responses.of(
        client,
        List.of(new RestartPods(client, (uid, container) -> seen)),
        kind -> new Ruling.Go(),
        incidents,
        InstantSource.system());
  }

  private static PodDisruptionBudget budget(String namespace) {
    return Serialization.unmarshal(
        """
        apiVersion: policy/v1
        kind: PodDisruptionBudget
        metadata: {name: checkout, namespace: NAMESPACE}
        spec: {minAvailable: 1, selector: {matchLabels: {app: checkout}}}
        """
            .replace("NAMESPACE", namespace),
        PodDisruptionBudget.class);
  }

  private static MemoryPolicy policy(String namespace) {
    return Serialization.unmarshal(
        """
        metadata: {name: checkout, namespace: NAMESPACE}
        spec:
          selector: {matchLabels: {app: checkout}}
          respond:
            mode: Enforce
            maxLevel: 3
            intervene: {restart: {}}
            limits: {actionsPerHour: 10}
        """
            .replace("NAMESPACE", namespace),
        MemoryPolicy.class);
  }

  /** How many pods served at the same time, as the API server told it. */
  private static final class Serving implements Watcher<Pod> {
    private final Map<String, Boolean> ready = new HashMap<>();
    private long fewest = Long.MAX_VALUE;

    @Override
    public synchronized void eventReceived(Action action, Pod pod) {
      ready.put(pod.getMetadata().getUid(), action != Action.DELETED && serves(pod));
      if (ready.size() > 1) {
        fewest = Math.min(fewest, ready.values().stream().filter(serves -> serves).count());
      }
    }

    private static boolean serves(Pod pod) {
      return pod.getMetadata().getDeletionTimestamp() == null
          && pod.getStatus().getConditions().stream()
              .anyMatch(c -> c.getType().equals("Ready") && c.getStatus().equals("True"));
    }

    synchronized long fewest() {
      return fewest;
    }

    @Override
    public void onClose(@Nullable WatcherException cause) {}
  }
}

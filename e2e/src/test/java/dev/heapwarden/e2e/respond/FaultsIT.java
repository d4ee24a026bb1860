package dev.heapwarden.e2e.respond;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heapwarden.crds.incident.LeakIncidentStatus;
import dev.heapwarden.crds.incident.Phase;
import dev.heapwarden.crds.watch.Changes;
import dev.heapwarden.crds.watch.Informers;
import dev.heapwarden.e2e.ClusterExtension;
import dev.heapwarden.operator.respond.KubernetesIncidents;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Isolated;

/**
 * A response whose way to the API server is faulty, and which remembers nothing from one round to
 * the next, as if its operator were killed after each. What it did is counted by the API server: a
 * Deployment's generation rises by one with every change of its spec.
 */
@Isolated("an installed operator would answer the same incident")
@Order(25)
@ExtendWith(ClusterExtension.class)
class FaultsIT extends InAShop {
  private static final Duration WHATEVER_HAPPENS = Duration.ofMinutes(5);

  private final FaultyApiServer faulty;
  private final KubernetesIncidents store;

  FaultsIT(KubernetesClient client) throws IOException, GeneralSecurityException {
    super(client);
    faulty = new FaultyApiServer(client.getConfiguration());
    store = new KubernetesIncidents(faulty.client());
  }

  @AfterEach
  void closeTheProxy() {
    faulty.close();
  }

  @Test
  void whateverTheApiServerAnswersEachStepHasOneEffectAndSoHasItsUndo() throws IOException {
    var shop = open("faults", "Deployment", "");
    try (var _ = StoppedOperator.in(client);
        var effects = new Effects(shop);
        var leak = RecordedLeak.of(client, shop, Leak.enforced(3))) {
      var status = until(leak, s -> s.phase() == Phase.VERIFYING);
      assertThat(status.steps())
          .extracting(step -> step.action() + " " + step.state())
          .containsExactly(
              "Diagnose DONE",
              "Isolate DONE",
              "PatchEnvironment DONE",
              "AddReplicas DONE",
              "Verify INTENDED");
      assertThat(effects.changes()).as("one patch, one scaling").isEqualTo(2);
      assertThat(effects.replicaSets()).as("one rollout").isEqualTo(2);
      assertThat(effects.ours()).as("one apply, one update of scale").hasSize(2);

      leak.askForUndo();
      until(leak, s -> s.phase() == Phase.ROLLED_BACK);
      assertThat(effects.changes()).as("and each undone once").isEqualTo(4);
      assertThat(shop.deployment().getSpec()).isEqualTo(effects.specBefore());
      assertThat(effects.ours()).isEmpty();
      assertThat(effects.quarantined()).isZero();
      assertThat(effects.isolated()).as("pods that were ever isolated").hasSize(1);
    }
    assertThat(faulty.met())
        .containsOnlyKeys(
            Stream.of(Fault.values())
                .filter(fault -> fault != Fault.WATCH_DROPPED && fault != Fault.WATCH_STALE)
                .toArray(Fault[]::new));
  }

  @Test
  void whateverBecomesOfItsWatchesEveryChangeIsSeenInTheEnd() {
    var shop = open("faults-watch", "Deployment", "");
    var requests = List.of(faulty.client().configMaps().inNamespace(shop.namespace()));
    try (var informers = Informers.start(requests, new Changes<>(() -> {}))) {
      for (var fault :
          List.of(Fault.WATCH_DROPPED, Fault.GONE, Fault.WATCH_STALE, Fault.UNAVAILABLE)) {
        Shop.within(SOON).until(() -> faulty.met().containsKey(fault));
        count(shop, fault.name());
        Shop.within(SOON)
            .until(
                () ->
                    informers
                        .get(shop.namespace(), "counter")
                        .filter(seen -> fault.name().equals(seen.getData().get("after")))
                        .isPresent());
      }
      assertThat(informers.alive()).isTrue();
    }
  }

  private void count(Shop shop, String after) {
    client
        .resource(
            new ConfigMapBuilder()
                .withNewMetadata()
                .withName("counter")
                .withNamespace(shop.namespace())
                .endMetadata()
                .addToData("after", after)
                .build())
        .createOr(existing -> existing.update());
  }

  /** Each round is a new operator's first. */
  private LeakIncidentStatus until(RecordedLeak leak, Predicate<LeakIncidentStatus> reached) {
    Shop.within(WHATEVER_HAPPENS)
        .until(
            () -> {
              round(leak);
              return reached.test(leak.status());
            });
    return leak.status();
  }

  private void round(RecordedLeak leak) {
    try {
      Responses.of(faulty.client(), store, InstantSource.system())
          .advance(
              leak.through(faulty.client()), store.policy(leak.shop().namespace(), "checkout"));
    } catch (KubernetesClientException _) {
      // As in the reconciler: what a round could not do is left to the next.
    }
  }
}

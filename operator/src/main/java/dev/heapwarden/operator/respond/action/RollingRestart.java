package dev.heapwarden.operator.respond.action;

import dev.heapwarden.crds.incident.Step;
import dev.heapwarden.operator.respond.guard.Disruption;
import dev.heapwarden.operator.respond.guard.Disruption.Protection;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Whether the next pod of a workload may go now, found by looking at its pods, and its eviction.
 */
record RollingRestart(KubernetesClient client, Fleet fleet, Situation situation) {
  /** For one pod to become ready, as in a rollout of one. */
  static final Duration PATIENCE = Duration.ofMinutes(6);

  /** Why this one must not go now, or empty: all the others serve, and its budget lets it go. */
  Optional<String> whyNotYet(Restarting next) {
    return whyAlone()
        .or(this::unready)
        .or(this::whyRolling)
        .or(
            () ->
                next.find(client, situation.incident())
                    .flatMap(pod -> Disruption.forbiddenBy(protections(pod))));
  }

  /** Why not all pods that there shall be serve, or empty. */
  Optional<String> unready() {
    var pods = pods();
    long available = pods.stream().filter(pod -> fleet.isAvailable(pod, situation.now())).count();
    return available >= fleet.wanted()
        ? Optional.empty()
        : Optional.of(
            "NotAvailable: %d of %d pods are ready, as many as there shall be are waited for%s"
                .formatted(available, fleet.wanted(), missing(pods)));
  }

  private String missing(List<Pod> pods) {
    return pods.stream()
        .filter(pod -> !fleet.isAvailable(pod, situation.now()))
        .map(pod -> " (%s)".formatted(pod.getMetadata().getName()))
        .findFirst()
        .orElse("");
  }

  /** Why somebody would be without the pod for a while, or empty. */
  Optional<String> whyAlone() {
    return fleet.wanted() > 1
        ? Optional.empty()
        : Optional.of(
            "LastReadyReplica: %s wants %d pod, and nobody would serve until its successor does"
                .formatted(fleet.workload(), fleet.wanted()));
  }

  private Optional<String> whyRolling() {
    return fleet.rollsOut()
        ? Optional.of(
            "RolloutUnderWay: not all pods are of the present template, and would come back changed")
        : Optional.empty();
  }

  List<Protection> protections(Pod pod) {
    return new Isolation(client).protections(pod, fleet::wanted);
  }

  /** Why the API server does not let it go now; empty when it went, or was gone. */
  Optional<String> evict(Restarting next) {
    return evict(next, false);
  }

  /** The same without its effect: a missing right is found before anything is intended. */
  Optional<String> tryOut(Restarting next) {
    return evict(next, true);
  }

  private Optional<String> evict(Restarting next, boolean dryRun) {
    var eviction = next.eviction(situation.namespace());
    if (dryRun) {
      eviction.getDeleteOptions().setDryRun(List.of("All"));
    }
    try {
      boolean gone =
          client.pods().inNamespace(situation.namespace()).withName(next.pod()).evict(eviction);
      return gone
          ? Optional.empty()
          : Optional.of("a PodDisruptionBudget does not let pod %s go now".formatted(next.pod()));
    } catch (KubernetesClientException e) {
      // Its name is another pod's by now.
      if (e.getCode() == HttpURLConnection.HTTP_NOT_FOUND
          || e.getCode() == HttpURLConnection.HTTP_CONFLICT) {
        return Optional.empty();
      }
      throw e;
    }
  }

  /**
   * Whether it was waited long enough: since the newest pod was made, or one began to leave; but
   * not for ever where new ones keep coming.
   */
  boolean isLate(Step step) {
    var begun = Instant.parse(step.intendedAt());
    var newest =
        pods().stream()
            .flatMap(RollingRestart::movements)
            .max(Comparator.naturalOrder())
            .filter(begun::isBefore)
            .orElse(begun);
    var patience = PATIENCE.plus(fleet.minReady());
    var last = begun.plus(patience.multipliedBy(Restarting.of(step).size() + 1L));
    var until = newest.plus(patience);
    return situation.now().isAfter(until.isBefore(last) ? until : last);
  }

  private static Stream<Instant> movements(Pod pod) {
    var metadata = pod.getMetadata();
    return Stream.of(metadata.getCreationTimestamp(), metadata.getDeletionTimestamp())
        .filter(at -> at != null)
        .map(Instant::parse);
  }

  private List<Pod> pods() {
    return client
        .pods()
        .inNamespace(situation.namespace())
        .withLabelSelector(fleet.selector())
        .list()
        .getItems();
  }
}

package dev.heapwarden.e2e.respond;

import dev.heapwarden.crds.Api;
import dev.heapwarden.crds.watch.Informers;
import io.fabric8.kubernetes.api.model.ManagedFieldsEntry;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentSpec;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscaler;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscalerSpec;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/** What a response to the leak of a shop's checkout changed, as the API server counts it. */
final class Effects implements AutoCloseable {
  private final Shop shop;
  private final Deployment before;
  private final List<HorizontalPodAutoscalerSpec> autoscaledBefore;
  private final Set<String> isolated = ConcurrentHashMap.newKeySet();
  private final Informers<?> watch;

  /** Counts from now on. */
  Effects(Shop shop) {
    this.shop = shop;
    this.before = shop.deployment();
    this.autoscaledBefore = autoscaled();
    this.watch =
        Informers.start(
            List.of(
                shop.client().pods().inNamespace(shop.namespace()).withLabel(Api.QUARANTINE_LABEL)),
            new Noted(isolated));
  }

  /** Of the Deployment's spec: its generation rises by one with each. */
  int changes() {
    return Math.toIntExact(generation(shop.deployment()) - generation(before));
  }

  private static long generation(Deployment deployment) {
    return deployment.getMetadata().getGeneration();
  }

  int replicaSets() {
    return shop.client()
        .apps()
        .replicaSets()
        .inNamespace(shop.namespace())
        .list()
        .getItems()
        .size();
  }

  /** Names of the pods that bore the quarantine's label, however shortly. */
  Set<String> isolated() {
    return isolated;
  }

  /** What of the Deployment and of its autoscaler is the response's. */
  List<ManagedFieldsEntry> ours() {
    return Stream.concat(Stream.of(shop.deployment()), shop.autoscalers().stream())
        .flatMap(object -> object.getMetadata().getManagedFields().stream())
        .filter(entry -> entry.getManager().equals(Leak.MANAGER))
        .toList();
  }

  DeploymentSpec specBefore() {
    return before.getSpec();
  }

  /** Without the replicas where an autoscaler decides on them: it takes its time. */
  boolean isRestored() {
    var now = shop.deployment().getSpec();
    if (!autoscaledBefore.isEmpty()) {
      now.setReplicas(before.getSpec().getReplicas());
    }
    return now.equals(before.getSpec()) && autoscaled().equals(autoscaledBefore);
  }

  private List<HorizontalPodAutoscalerSpec> autoscaled() {
    return shop.autoscalers().stream().map(HorizontalPodAutoscaler::getSpec).toList();
  }

  /** How many pods have other resources than their template. */
  int resized() {
    var template = before.getSpec().getTemplate().getSpec().getContainers().getFirst();
    return Math.toIntExact(
        shop.pods(Map.of("app", "checkout")).stream()
            .map(pod -> pod.getSpec().getContainers().getFirst().getResources())
            .filter(resources -> !resources.equals(template.getResources()))
            .count());
  }

  /** How many pods are isolated now, and not on their way out. */
  long quarantined() {
    return shop.pods(Map.of(Api.QUARANTINE_LABEL, Leak.OF_CHECKOUT)).stream()
        .filter(pod -> pod.getMetadata().getDeletionTimestamp() == null)
        .count();
  }

  int networkPolicies() {
    return shop.client()
        .network()
        .v1()
        .networkPolicies()
        .inNamespace(shop.namespace())
        .list()
        .getItems()
        .size();
  }

  @Override
  public void close() {
    watch.close();
  }
}

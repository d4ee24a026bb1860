package dev.heapwarden.operator.respond.action;

import dev.heapwarden.crds.incident.LeakIncident;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.Resource;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The pods of a workload that makes a pod again when it is evicted.
 *
 * @param wanted how many there shall be
 * @param minReady for which a pod must have been ready to be available
 * @param rollsOut whether some are not of the present template: made again they would be others
 */
record Fleet(
    String workload, LabelSelector selector, int wanted, Duration minReady, boolean rollsOut) {
  /** The one that an incident is about, by its UID; empty for one that is gone. */
  static Optional<Fleet> find(KubernetesClient client, LeakIncident incident) {
    var target = incident.getSpec().target();
    var name = target.name();
    var apps = client.apps();
    var namespace = incident.getMetadata().getNamespace();
    return switch (target.kind()) {
      case "Deployment" ->
          get(apps.deployments().inNamespace(namespace).withName(name), target.uid())
              .map(
                  found -> {
                    var spec = found.getSpec();
                    int wanted = orOne(spec.getReplicas());
                    var status = found.getStatus();
                    return of(
                        target.workload(),
                        spec.getSelector(),
                        wanted,
                        spec.getMinReadySeconds(),
                        status == null ? null : status.getUpdatedReplicas());
                  });
      case "StatefulSet" ->
          get(apps.statefulSets().inNamespace(namespace).withName(name), target.uid())
              .map(
                  found -> {
                    var spec = found.getSpec();
                    var status = found.getStatus();
                    return of(
                        target.workload(),
                        spec.getSelector(),
                        orOne(spec.getReplicas()),
                        spec.getMinReadySeconds(),
                        status == null ? null : status.getUpdatedReplicas());
                  });
      case "DaemonSet" ->
          get(apps.daemonSets().inNamespace(namespace).withName(name), target.uid())
              .map(
                  found -> {
                    var spec = found.getSpec();
                    var status = found.getStatus();
                    return of(
                        target.workload(),
                        spec.getSelector(),
                        status == null ? 0 : orZero(status.getDesiredNumberScheduled()),
                        spec.getMinReadySeconds(),
                        status == null ? null : status.getUpdatedNumberScheduled());
                  });
      case "ReplicaSet" ->
          get(apps.replicaSets().inNamespace(namespace).withName(name), target.uid())
              .map(
                  found -> {
                    var spec = found.getSpec();
                    int wanted = orOne(spec.getReplicas());
                    return of(
                        target.workload(),
                        spec.getSelector(),
                        wanted,
                        spec.getMinReadySeconds(),
                        wanted);
                  });
      default -> Optional.empty();
    };
  }

  /** Why there is none. */
  static String whyNone(LeakIncident incident) {
    var target = incident.getSpec().target();
    return switch (target.kind()) {
      case "Deployment", "StatefulSet", "DaemonSet", "ReplicaSet" ->
          "WorkloadGone: %s %s no longer exists".formatted(target.kind(), target.name());
      case "Job", "CronJob" -> cannot(incident, "would do its work again from the beginning");
      case "Pod" -> cannot(incident, "has no controller that would make it again");
      default -> cannot(incident, "is not known to make a pod again");
    };
  }

  private static String cannot(LeakIncident incident, String why) {
    var target = incident.getSpec().target();
    return "OwnerCannotReplace: %s %s %s".formatted(target.kind(), target.name(), why);
  }

  private static Fleet of(
      String workload,
      LabelSelector selector,
      int wanted,
      @Nullable Integer minReadySeconds,
      @Nullable Integer updated) {
    return new Fleet(
        workload,
        selector,
        wanted,
        Duration.ofSeconds(orZero(minReadySeconds)),
        orZero(updated) < wanted);
  }

  private static <T extends HasMetadata> Optional<T> get(Resource<T> resource, String uid) {
    return Optional.ofNullable(resource.get())
        .filter(found -> found.getMetadata().getUid().equals(uid))
        .filter(found -> found.getMetadata().getDeletionTimestamp() == null);
  }

  /** Ready for long enough, and serving. */
  boolean isAvailable(Pod pod, Instant now) {
    return Pods.serves(pod)
        && pod.getStatus().getConditions().stream()
            .filter(condition -> condition.getType().equals("Ready"))
            .allMatch(ready -> !since(ready.getLastTransitionTime()).plus(minReady).isAfter(now));
  }

  private static Instant since(@Nullable String at) {
    return at == null ? Instant.EPOCH : Instant.parse(at);
  }

  private static int orZero(@Nullable Integer count) {
    return count == null ? 0 : count;
  }

  private static int orOne(@Nullable Integer count) {
    return count == null ? 1 : count;
  }
}

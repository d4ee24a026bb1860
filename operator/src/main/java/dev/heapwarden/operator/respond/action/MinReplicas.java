package dev.heapwarden.operator.respond.action;

import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscaler;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * The fewest replicas that a HorizontalPodAutoscaler lets its Deployment have. Its controller goes
 * up to them before it looks at any metric (Kubernetes 1.35 pkg/controller/podautoscaler
 * horizontal.go, reconcileAutoscaler).
 */
record MinReplicas(KubernetesClient client, HorizontalPodAutoscaler object)
    implements ReplicaNumber {
  /** Those that decide on the replicas of this Deployment. */
  static List<MinReplicas> of(KubernetesClient client, String namespace, String deployment) {
    return in(client, namespace).stream()
        .filter(
            autoscaler -> {
              var target = autoscaler.object.getSpec().getScaleTargetRef();
              return target.getKind().equals("Deployment") && target.getName().equals(deployment);
            })
        .toList();
  }

  /** Those of a namespace. */
  static List<MinReplicas> in(KubernetesClient client, String namespace) {
    return client
        .autoscaling()
        .v2()
        .horizontalPodAutoscalers()
        .inNamespace(namespace)
        .list()
        .getItems()
        .stream()
        .map(autoscaler -> new MinReplicas(client, autoscaler))
        .toList();
  }

  @Override
  public String field() {
    return "minReplicas";
  }

  @Override
  public String subresource() {
    return "";
  }

  /** The API server's default is 1: Kubernetes 1.35 pkg/apis/autoscaling/v2/defaults.go. */
  @Override
  public int count() {
    return Objects.requireNonNullElse(object.getSpec().getMinReplicas(), 1);
  }

  int max() {
    return object.getSpec().getMaxReplicas();
  }

  String name() {
    return object.getMetadata().getName();
  }

  String uid() {
    return object.getMetadata().getUid();
  }

  /** Who makes it what it is, such as a ScaledObject of KEDA; for people. */
  Optional<String> controller() {
    return object.getMetadata().getOwnerReferences().stream()
        .filter(owner -> Boolean.TRUE.equals(owner.getController()))
        .map(owner -> "%s %s".formatted(owner.getKind(), owner.getName()))
        .findFirst();
  }

  @Override
  public boolean set(int number, String manager) {
    var patch =
        Map.of(
            "metadata", Map.of("resourceVersion", object.getMetadata().getResourceVersion()),
            "spec", Map.of(field(), number));
    var context =
        new PatchContext.Builder()
            .withPatchType(PatchType.JSON_MERGE)
            .withFieldManager(manager)
            .build();
    return ReplicaNumber.fenced(
        () -> client.resource(object).patch(context, Serialization.asJson(patch)));
  }
}

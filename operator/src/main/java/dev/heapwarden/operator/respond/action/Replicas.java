package dev.heapwarden.operator.respond.action;

import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.autoscaling.v1.ScaleBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;

/**
 * The replica count of a Deployment. An update of {@code /scale} is recorded in the Deployment's
 * managedFields as an Update by its field manager of the subresource scale (Kubernetes 1.35
 * apimachinery pkg/util/managedfields/scalehandler.go), until somebody else changes the number.
 */
record Replicas(KubernetesClient client, Deployment object) implements ReplicaNumber {
  @Override
  public String field() {
    return "replicas";
  }

  @Override
  public String subresource() {
    return "scale";
  }

  @Override
  public int count() {
    return Rollout.replicas(object);
  }

  @Override
  public boolean set(int number, String manager) {
    var metadata = object.getMetadata();
    var scale =
        new ScaleBuilder()
            .withNewMetadata()
            .withName(metadata.getName())
            .withNamespace(metadata.getNamespace())
            .withUid(metadata.getUid())
            .withResourceVersion(metadata.getResourceVersion())
            .endMetadata()
            .withNewSpec()
            .withReplicas(number)
            .endSpec()
            .build();
    // The client's scale() cannot name a field manager.
    var path =
        "/apis/apps/v1/namespaces/%s/deployments/%s/scale?fieldManager=%s"
            .formatted(metadata.getNamespace(), metadata.getName(), manager);
    return ReplicaNumber.fenced(() -> client.raw(path, "PUT", scale));
  }
}

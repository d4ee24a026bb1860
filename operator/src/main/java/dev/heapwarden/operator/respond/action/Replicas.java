package dev.heapwarden.operator.respond.action;

import static java.util.stream.Collectors.joining;

import dev.heapwarden.operator.api.ManagedFields;
import io.fabric8.kubernetes.api.model.ManagedFieldsEntry;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.autoscaling.v1.ScaleBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.net.HttpURLConnection;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The replica count of a Deployment, and whose it is. An update of {@code /scale} is recorded in
 * the Deployment's managedFields as an Update by its field manager of the subresource scale
 * (Kubernetes 1.35 apimachinery pkg/util/managedfields/scalehandler.go), until somebody else
 * changes the number. Setting the number that is there already changes nothing, and is not recorded
 * unless it is applied.
 */
record Replicas(KubernetesClient client, Deployment deployment) {
  int count() {
    return Rollout.replicas(deployment);
  }

  /** True while this manager, and nobody else, owns the number. */
  boolean isOnlyOf(String manager) {
    var owners = owners();
    return owners.size() == 1 && isScaledBy(owners.getFirst(), manager);
  }

  /** The other field managers that own the number, for people. */
  String others(String manager) {
    var others =
        owners().stream()
            .filter(entry -> !isScaledBy(entry, manager))
            .map(ManagedFieldsEntry::getManager)
            .collect(joining(", "));
    return others.isEmpty() ? "nobody" : others;
  }

  /**
   * Who names the number whenever the Deployment is applied, as GitOps and charts do; for people.
   * Empty where it was only ever set, as {@code kubectl create} and {@code kubectl scale} do: that
   * is owned too, and nobody means it to stay.
   */
  Optional<String> declaredBy() {
    return owners().stream()
        .filter(Keeper::declares)
        .map(ManagedFieldsEntry::getManager)
        .findFirst();
  }

  /** False when the Deployment changed since it was read, or is another one. */
  boolean scale(int replicas, String manager) {
    var metadata = deployment.getMetadata();
    var scale =
        new ScaleBuilder()
            .withNewMetadata()
            .withName(metadata.getName())
            .withNamespace(metadata.getNamespace())
            .withUid(metadata.getUid())
            .withResourceVersion(metadata.getResourceVersion())
            .endMetadata()
            .withNewSpec()
            .withReplicas(replicas)
            .endSpec()
            .build();
    // The client's scale() cannot name a field manager.
    var path =
        "/apis/apps/v1/namespaces/%s/deployments/%s/scale?fieldManager=%s"
            .formatted(metadata.getNamespace(), metadata.getName(), manager);
    return fenced(() -> client.raw(path, "PUT", scale));
  }

  /**
   * Gives up the number without changing it, so that its owners' next apply meets no conflict.
   * False when the Deployment changed since it was read.
   */
  boolean release(String manager) {
    var ours = owners().stream().filter(entry -> isScaledBy(entry, manager)).findFirst();
    if (ours.isEmpty()) {
      return true;
    }
    var metadata = deployment.getMetadata();
    int index = metadata.getManagedFields().indexOf(ours.get());
    var operations =
        List.of(
            Map.of(
                "op", "replace",
                "path", "/metadata/resourceVersion",
                "value", metadata.getResourceVersion()),
            Map.of("op", "remove", "path", "/metadata/managedFields/" + index));
    return fenced(
        () ->
            client
                .apps()
                .deployments()
                .inNamespace(metadata.getNamespace())
                .withName(metadata.getName())
                .patch(
                    new PatchContext.Builder()
                        .withPatchType(PatchType.JSON)
                        .withFieldManager(manager)
                        .build(),
                    Serialization.asJson(operations)));
  }

  private List<ManagedFieldsEntry> owners() {
    return ManagedFields.owners(deployment, "f:spec", "f:replicas");
  }

  private static boolean isScaledBy(ManagedFieldsEntry entry, String manager) {
    return manager.equals(entry.getManager())
        && "Update".equals(entry.getOperation())
        && "scale".equals(entry.getSubresource());
  }

  private static boolean fenced(Runnable write) {
    try {
      write.run();
      return true;
    } catch (KubernetesClientException e) {
      if (e.getCode() == HttpURLConnection.HTTP_CONFLICT) {
        return false;
      }
      throw e;
    }
  }
}

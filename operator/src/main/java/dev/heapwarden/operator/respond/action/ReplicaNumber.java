package dev.heapwarden.operator.respond.action;

import static java.util.stream.Collectors.joining;

import dev.heapwarden.operator.api.ManagedFields;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ManagedFieldsEntry;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.net.HttpURLConnection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * The number that decides how many replicas a Deployment has, and whose it is. It is changed by an
 * update, fenced by resourceVersion, and stays ours until somebody else changes it. Setting the
 * number that is there already changes nothing, and is not recorded unless it is applied.
 */
sealed interface ReplicaNumber permits Replicas, MinReplicas {
  KubernetesClient client();

  /** In which it stands, as it was read. */
  HasMetadata object();

  /** Its name below spec. */
  String field();

  /** Through which it is set; empty for the object itself. */
  String subresource();

  int count();

  /** False when the object changed since it was read, or is another one. */
  boolean set(int number, String manager);

  /** True while this manager, and nobody else, owns the number. */
  default boolean isOnlyOf(String manager) {
    var owners = owners();
    return owners.size() == 1 && isSetBy(owners.getFirst(), manager);
  }

  /** The other field managers that own the number, for people. */
  default String others(String manager) {
    var others =
        owners().stream()
            .filter(entry -> !isSetBy(entry, manager))
            .map(ManagedFieldsEntry::getManager)
            .collect(joining(", "));
    return others.isEmpty() ? "nobody" : others;
  }

  /**
   * Who names the number whenever the object is applied, as GitOps and charts do; for people. Empty
   * where it was only ever set, as {@code kubectl create} and {@code kubectl scale} do: that is
   * owned too, and nobody means it to stay.
   */
  default Optional<String> declaredBy() {
    return owners().stream()
        .filter(Keeper::declares)
        .map(ManagedFieldsEntry::getManager)
        .findFirst();
  }

  /**
   * Gives up the number without changing it, so that its owners' next apply meets no conflict.
   * False when the object changed since it was read.
   */
  default boolean release(String manager) {
    var ours = owners().stream().filter(entry -> isSetBy(entry, manager)).findFirst();
    if (ours.isEmpty()) {
      return true;
    }
    var metadata = object().getMetadata();
    int index = metadata.getManagedFields().indexOf(ours.get());
    var operations =
        List.of(
            Map.of(
                "op", "replace",
                "path", "/metadata/resourceVersion",
                "value", metadata.getResourceVersion()),
            Map.of("op", "remove", "path", "/metadata/managedFields/" + index));
    var context =
        new PatchContext.Builder().withPatchType(PatchType.JSON).withFieldManager(manager).build();
    return fenced(
        () -> client().resource(object()).patch(context, Serialization.asJson(operations)));
  }

  private List<ManagedFieldsEntry> owners() {
    return ManagedFields.owners(object(), "f:spec", "f:" + field());
  }

  private boolean isSetBy(ManagedFieldsEntry entry, String manager) {
    return manager.equals(entry.getManager())
        && "Update".equals(entry.getOperation())
        && subresource().equals(Objects.requireNonNullElse(entry.getSubresource(), ""));
  }

  static boolean fenced(Runnable write) {
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

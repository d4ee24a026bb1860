package dev.heapwarden.operator.api;

import dev.heapwarden.crds.snapshot.MemorySnapshot;
import dev.heapwarden.crds.snapshot.MemorySnapshotSpec;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The snapshots that are ordered for another resource of their namespace, which go with it. */
public record OwnedSnapshots(KubernetesClient client) {
  /** One to order. */
  public static MemorySnapshot of(
      HasMetadata owner, String name, Map<String, String> labels, MemorySnapshotSpec spec) {
    var metadata = owner.getMetadata();
    var snapshot = new MemorySnapshot();
    snapshot.setMetadata(
        new ObjectMetaBuilder()
            .withName(name)
            .withNamespace(metadata.getNamespace())
            .withLabels(labels)
            .addNewOwnerReference()
            .withApiVersion(owner.getApiVersion())
            .withKind(owner.getKind())
            .withName(metadata.getName())
            .withUid(metadata.getUid())
            .endOwnerReference()
            .build());
    snapshot.setSpec(spec);
    return snapshot;
  }

  public static boolean isOf(HasMetadata owner, MemorySnapshot snapshot) {
    return snapshot.getMetadata().getOwnerReferences().stream()
        .anyMatch(reference -> reference.getUid().equals(owner.getMetadata().getUid()));
  }

  /** The owner's own with this label, whatever labels somebody else gave to others. */
  public List<MemorySnapshot> find(HasMetadata owner, String label) {
    return find(owner, label, null);
  }

  /**
   * Those whose label has this value.
   *
   * @param value null for any
   */
  public List<MemorySnapshot> find(HasMetadata owner, String label, @Nullable String value) {
    return client
        .resources(MemorySnapshot.class)
        .inNamespace(owner.getMetadata().getNamespace())
        .withLabel(label, value)
        .list()
        .getItems()
        .stream()
        .filter(snapshot -> isOf(owner, snapshot))
        .toList();
  }
}

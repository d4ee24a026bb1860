package dev.heapwarden.operator.incident;

import dev.heapwarden.crds.incident.LeakIncident;
import dev.heapwarden.crds.policy.MemoryPolicy;
import dev.heapwarden.crds.policy.SnapshotRetention;
import dev.heapwarden.crds.snapshot.MemorySnapshot;
import dev.heapwarden.operator.evaluate.Evaluation;
import dev.heapwarden.operator.report.EventRecorder;
import dev.heapwarden.operator.report.Reason;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Deletes the snapshots that a policy keeps no longer; the agent deletes their artefacts. Those of
 * an incident that is open stay, and so do those that a person made. What the API server refuses is
 * tried again a minute later.
 */
public final class OutdatedSnapshots implements Consumer<Evaluation> {
  private static final Logger LOG = LoggerFactory.getLogger(OutdatedSnapshots.class);

  private static final Duration PAUSE = Duration.ofMinutes(1);
  private static final int REMEMBERED = 10_000;

  private final KubernetesClient client;
  private final Function<String, List<LeakIncident>> incidents;
  private final EventRecorder events;

  /** By the policy's UID. */
  private final Map<String, Instant> looked = new ConcurrentHashMap<>();

  /**
   * @param incidents of a namespace; one that is missing keeps its snapshots
   */
  public OutdatedSnapshots(
      KubernetesClient client,
      Function<String, List<LeakIncident>> incidents,
      EventRecorder events) {
    this.client = client;
    this.incidents = incidents;
    this.events = events;
  }

  @Override
  public void accept(Evaluation evaluation) {
    var policy = evaluation.policy();
    var retention = policy.getSpec().respond().diagnose().retention();
    if (retention == null
        || policy.isMarkedForDeletion()
        || !isDue(policy.getMetadata().getUid(), evaluation.at())) {
      return;
    }
    try {
      delete(policy, retention, evaluation.at());
    } catch (KubernetesClientException e) {
      LOG.warn(
          "outdated snapshots were not deleted policy={} code={}",
          policy.getMetadata().getName(),
          e.getCode());
    }
  }

  private boolean isDue(String policy, Instant now) {
    var last = looked.get(policy);
    if (last != null && last.plus(PAUSE).isAfter(now)) {
      return false;
    }
    if (looked.size() > REMEMBERED) {
      looked.clear();
    }
    looked.put(policy, now);
    return true;
  }

  private void delete(MemoryPolicy policy, SnapshotRetention retention, Instant now) {
    var namespace = policy.getMetadata().getNamespace();
    var owners = owners(policy);
    var kept =
        client.resources(MemorySnapshot.class).inNamespace(namespace).list().getItems().stream()
            .flatMap(snapshot -> kept(snapshot, owners).stream())
            .toList();
    for (var outdated : KeptSnapshot.outdated(kept, retention, now)) {
      var snapshot = outdated.snapshot();
      client.resource(snapshot.snapshot()).lockResourceVersion().delete();
      events.record(
          snapshot.owner(),
          Reason.SNAPSHOT_OUTDATED,
          "deleted memorysnapshot %s and its artefacts: %s"
              .formatted(snapshot.snapshot().getMetadata().getName(), outdated.reason()));
    }
  }

  /** By UID: the policy for its health snapshots and second looks, its incidents for theirs. */
  private Map<String, HasMetadata> owners(MemoryPolicy policy) {
    var metadata = policy.getMetadata();
    var owners = new HashMap<String, HasMetadata>();
    Stream.concat(
            Stream.of(policy),
            incidents.apply(metadata.getNamespace()).stream()
                .filter(found -> found.getSpec().target().policy().equals(metadata.getName())))
        .forEach(owner -> owners.put(owner.getMetadata().getUid(), owner));
    return owners;
  }

  private static Optional<KeptSnapshot> kept(
      MemorySnapshot snapshot, Map<String, HasMetadata> owners) {
    return snapshot.getMetadata().getOwnerReferences().stream()
        .map(OwnerReference::getUid)
        .flatMap(uid -> Optional.ofNullable(owners.get(uid)).stream())
        .findFirst()
        .map(owner -> new KeptSnapshot(snapshot, owner));
  }
}

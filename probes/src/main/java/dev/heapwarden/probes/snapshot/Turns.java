package dev.heapwarden.probes.snapshot;

import dev.heapwarden.crds.Api;
import dev.heapwarden.crds.incident.LeakIncident;
import dev.heapwarden.crds.policy.MemoryPolicy;
import dev.heapwarden.crds.snapshot.MemorySnapshot;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.OwnerReference;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Whose turn it is. The namespaces take turns: the one comes whose last turn is longest ago, so
 * that however many of them never stop asking, nobody waits for more than one snapshot of each.
 * Among those that had none yet, and within one namespace, the evidence of an incident comes first,
 * then what people asked for, then what the operator takes by itself: second looks and health
 * snapshots. Of these the oldest comes.
 */
final class Turns {
  private enum Rank {
    INCIDENT,
    PERSON,
    ROUTINE
  }

  /** More than have pods on one node at a time; one that is forgotten waited longest anyway. */
  private static final int REMEMBERED = 1_000;

  /** The namespaces that had a turn, the one whose turn is longest ago first. */
  private final List<String> served = new ArrayList<>();

  /** The next one, whose namespace then has had its turn; empty when none waits. */
  Optional<MemorySnapshot> next(List<MemorySnapshot> waiting) {
    var next =
        waiting.stream()
            .min(
                Comparator.comparingInt(
                        (MemorySnapshot snapshot) -> served.indexOf(namespace(snapshot)))
                    .thenComparing(Turns::rank)
                    .thenComparing(Turns::namespace)
                    .thenComparing(snapshot -> snapshot.getMetadata().getCreationTimestamp())
                    .thenComparing(snapshot -> snapshot.getMetadata().getName()));
    next.map(Turns::namespace).ifPresent(this::served);
    return next;
  }

  private void served(String namespace) {
    served.remove(namespace);
    served.add(namespace);
    if (served.size() > REMEMBERED) {
      served.removeFirst();
    }
  }

  /** By the owner: a policy owns what is taken for it, and an incident its evidence. */
  private static Rank rank(MemorySnapshot snapshot) {
    var owners =
        snapshot.getMetadata().getOwnerReferences().stream()
            .filter(owner -> owner.getApiVersion().startsWith(Api.GROUP + "/"))
            .map(OwnerReference::getKind)
            .toList();
    if (owners.contains(HasMetadata.getKind(LeakIncident.class))) {
      return Rank.INCIDENT;
    }
    return owners.contains(HasMetadata.getKind(MemoryPolicy.class)) ? Rank.ROUTINE : Rank.PERSON;
  }

  private static String namespace(MemorySnapshot snapshot) {
    return snapshot.getMetadata().getNamespace();
  }
}

package dev.heapwarden.probes.snapshot;

import dev.heapwarden.crds.Api;
import dev.heapwarden.crds.incident.LeakIncident;
import dev.heapwarden.crds.policy.MemoryPolicy;
import dev.heapwarden.crds.snapshot.MemorySnapshot;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.OwnerReference;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Whose turn it is. The evidence of an incident comes first, then what people asked for, then what
 * the operator takes by itself: second looks and health snapshots. Of each the namespaces take
 * turns in the order of their names, and of one the oldest comes. A namespace that just had its
 * turn lets one of another go first, of whatever kind: nobody keeps the others waiting, and an
 * incident waits for one snapshot at most.
 */
final class Turns {
  private enum Rank {
    INCIDENT,
    PERSON,
    ROUTINE
  }

  private String last = "";

  /** The next one, whose namespace then has had its turn; empty when none waits. */
  Optional<MemorySnapshot> next(List<MemorySnapshot> waiting) {
    var next =
        waiting.stream()
            .min(
                Comparator.comparing((MemorySnapshot snapshot) -> namespace(snapshot).equals(last))
                    .thenComparing(Turns::rank)
                    .thenComparing(snapshot -> namespace(snapshot).compareTo(last) <= 0)
                    .thenComparing(Turns::namespace)
                    .thenComparing(snapshot -> snapshot.getMetadata().getCreationTimestamp())
                    .thenComparing(snapshot -> snapshot.getMetadata().getName()));
    next.ifPresent(snapshot -> last = namespace(snapshot));
    return next;
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

package dev.heapwarden.probes.snapshot;

import dev.heapwarden.crds.snapshot.MemorySnapshot;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Whose turn it is: namespaces take turns in the order of their names; of one the oldest comes. */
final class Turns {
  private String last = "";

  /** The next one, whose namespace then has had its turn; empty when none waits. */
  Optional<MemorySnapshot> next(List<MemorySnapshot> waiting) {
    var next =
        waiting.stream()
            .min(
                Comparator.comparing(
                        (MemorySnapshot snapshot) -> namespace(snapshot).compareTo(last) <= 0)
                    .thenComparing(Turns::namespace)
                    .thenComparing(snapshot -> snapshot.getMetadata().getCreationTimestamp())
                    .thenComparing(snapshot -> snapshot.getMetadata().getName()));
    next.ifPresent(snapshot -> last = namespace(snapshot));
    return next;
  }

  private static String namespace(MemorySnapshot snapshot) {
    return snapshot.getMetadata().getNamespace();
  }
}

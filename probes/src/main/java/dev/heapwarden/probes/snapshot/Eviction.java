package dev.heapwarden.probes.snapshot;

import dev.heapwarden.probes.snapshot.ArtifactStore.Holding;
import dev.heapwarden.probes.snapshot.ArtifactStore.NoRoom;
import dev.heapwarden.probes.snapshot.ArtifactStore.Owner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Which snapshots lose their artefacts to make room: the oldest of the namespace that holds most,
 * so that no namespace takes the room of another; before them those that are elsewhere too.
 */
final class Eviction {
  private Eviction() {}

  /**
   * What each snapshot holds.
   *
   * @param copied those of which all is elsewhere too
   */
  static List<Holding> holdings(Path root, Set<Owner> copied) throws IOException {
    var holdings = new ArrayList<Holding>();
    for (var namespace : ArtifactStore.children(root)) {
      for (var directory : ArtifactStore.children(namespace)) {
        long bytes = 0;
        for (var file : ArtifactStore.children(directory)) {
          bytes +=
              file.getFileName().toString().startsWith(ArtifactStore.UNFINISHED)
                  ? 0
                  : Files.size(file);
        }
        var owner =
            new Owner(namespace.getFileName().toString(), directory.getFileName().toString());
        holdings.add(
            new Holding(
                owner,
                directory,
                bytes,
                Files.getLastModifiedTime(directory),
                copied.contains(owner)));
      }
    }
    return holdings;
  }

  /**
   * Those to delete.
   *
   * @param size bytes that are asked for
   * @param quota bytes that there may be
   * @throws NoRoom when it is not enough: nothing is to be deleted then
   */
  static List<Holding> victims(List<Holding> holdings, Owner asking, long size, long quota)
      throws NoRoom {
    var left = new ArrayList<>(holdings);
    var victims = new ArrayList<Holding>();
    while (size + left.stream().mapToLong(Holding::bytes).sum() > quota) {
      var victim = firstOfTheLargest(left, asking, size);
      if (victim.isEmpty()) {
        throw new NoRoom(
            "its %d bytes do not fit into this node's quota of %d bytes for artefacts"
                .formatted(size, quota));
      }
      left.remove(victim.get());
      victims.add(victim.get());
    }
    return victims;
  }

  /** Empty when the namespace that holds most is the one that asks, by this very snapshot. */
  private static Optional<Holding> firstOfTheLargest(
      List<Holding> holdings, Owner asking, long size) {
    var bytes = new HashMap<String, Long>();
    bytes.put(asking.namespace(), size);
    holdings.forEach(
        holding -> bytes.merge(holding.owner().namespace(), holding.bytes(), Long::sum));
    var largest = Collections.max(bytes.entrySet(), Map.Entry.comparingByValue()).getKey();
    return holdings.stream()
        .filter(holding -> holding.owner().namespace().equals(largest))
        .filter(holding -> !holding.owner().equals(asking))
        .min(
            Comparator.comparing((Holding holding) -> !holding.copied())
                .thenComparing(Holding::modified));
  }
}

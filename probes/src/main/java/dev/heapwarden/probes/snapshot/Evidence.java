package dev.heapwarden.probes.snapshot;

import dev.heapwarden.crds.snapshot.MemorySnapshotStatus.MapReport;
import java.util.List;

/** What became of one kind of evidence. */
sealed interface Evidence {
  /**
   * It is in a file.
   *
   * @param maps that the file speaks of, fastest growing first; empty for other kinds
   */
  record Taken(ArtifactStore.Stored stored, List<MapReport> maps) implements Evidence {
    public Taken {
      maps = List.copyOf(maps);
    }
  }

  /** This container does not offer it. */
  record Refused(String reason) implements Evidence {}

  /** It should have worked. */
  record Failed(String reason) implements Evidence {}
}

package dev.heapwarden.probes.snapshot;

import dev.heapwarden.crds.snapshot.MemorySnapshotStatus.Artifact.Source;
import dev.heapwarden.crds.snapshot.MemorySnapshotStatus.ClassReport;
import dev.heapwarden.crds.snapshot.MemorySnapshotStatus.InstanceReport;
import dev.heapwarden.crds.snapshot.MemorySnapshotStatus.JvmReport;
import dev.heapwarden.crds.snapshot.MemorySnapshotStatus.MapReport;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** What became of one kind of evidence. */
sealed interface Evidence {
  /**
   * It is in a file.
   *
   * @param maps that the file speaks of, fastest growing first; empty for other kinds
   * @param classes that grew, fastest first; empty for other kinds
   * @param jvm what its flags are; empty for other kinds
   * @param instances that were looked for; empty for other kinds
   * @param stall for how long the program stood still at most
   * @param source who told it; empty where there is but one
   */
  record Taken(
      ArtifactStore.Stored stored,
      List<MapReport> maps,
      List<ClassReport> classes,
      Optional<JvmReport> jvm,
      Optional<InstanceReport> instances,
      Duration stall,
      Optional<Source> source)
      implements Evidence {
    public Taken {
      maps = List.copyOf(maps);
      classes = List.copyOf(classes);
    }

    /** Nothing stopped the program. */
    static Taken of(ArtifactStore.Stored stored) {
      return ofMaps(stored, List.of());
    }

    /** Nothing stopped the program. */
    static Taken of(ArtifactStore.Stored stored, Source source) {
      return new Taken(
          stored,
          List.of(),
          List.of(),
          Optional.empty(),
          Optional.empty(),
          Duration.ZERO,
          Optional.of(source));
    }

    static Taken ofMaps(ArtifactStore.Stored stored, List<MapReport> maps) {
      return new Taken(stored, maps, List.of(), Optional.empty(), Optional.empty(), Duration.ZERO);
    }

    private Taken(
        ArtifactStore.Stored stored,
        List<MapReport> maps,
        List<ClassReport> classes,
        Optional<JvmReport> jvm,
        Optional<InstanceReport> instances,
        Duration stall) {
      this(stored, maps, classes, jvm, instances, stall, Optional.empty());
    }

    static Taken ofClasses(ArtifactStore.Stored stored, List<ClassReport> classes, Duration stall) {
      return new Taken(stored, List.of(), classes, Optional.empty(), Optional.empty(), stall);
    }

    static Taken ofJvm(ArtifactStore.Stored stored, JvmReport jvm, Duration stall) {
      return new Taken(stored, List.of(), List.of(), Optional.of(jvm), Optional.empty(), stall);
    }

    static Taken ofInstances(
        ArtifactStore.Stored stored, InstanceReport instances, Duration stall) {
      return new Taken(
          stored, List.of(), List.of(), Optional.empty(), Optional.of(instances), stall);
    }

    static Taken stalling(ArtifactStore.Stored stored, Duration stall) {
      return ofClasses(stored, List.of(), stall);
    }
  }

  /**
   * This container does not offer it.
   *
   * @param stall for how long the program stood still at most until that was known
   */
  record Refused(String reason, Duration stall) implements Evidence {
    Refused(String reason) {
      this(reason, Duration.ZERO);
    }
  }

  /**
   * It should have worked.
   *
   * @param stall for how long the program stood still at most all the same
   */
  record Failed(String reason, Duration stall) implements Evidence {
    Failed(String reason) {
      this(reason, Duration.ZERO);
    }
  }
}

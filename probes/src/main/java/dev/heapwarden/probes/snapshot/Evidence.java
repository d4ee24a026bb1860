package dev.heapwarden.probes.snapshot;

import dev.heapwarden.crds.snapshot.GoroutineReport;
import dev.heapwarden.crds.snapshot.HolderReport;
import dev.heapwarden.crds.snapshot.MapReport;
import dev.heapwarden.crds.snapshot.MemorySnapshotStatus.AllocationReport;
import dev.heapwarden.crds.snapshot.MemorySnapshotStatus.Artifact.Source;
import dev.heapwarden.crds.snapshot.MemorySnapshotStatus.ClassReport;
import dev.heapwarden.crds.snapshot.MemorySnapshotStatus.GoReport;
import dev.heapwarden.crds.snapshot.MemorySnapshotStatus.InstanceReport;
import dev.heapwarden.crds.snapshot.MemorySnapshotStatus.JvmReport;
import dev.heapwarden.detection.sample.Signal;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What became of one kind of evidence. */
sealed interface Evidence {
  /**
   * It is in a file.
   *
   * @param told what of it the snapshot's status shows
   * @param stall for how long the program stood still at most
   * @param source who told it; empty where there is but one
   * @param earlier the same as it was right before, in a file of its own
   */
  record Taken(
      ArtifactStore.Stored stored,
      Told told,
      Duration stall,
      Optional<Source> source,
      Optional<ArtifactStore.Stored> earlier)
      implements Evidence {
    /** Nothing stopped the program. */
    static Taken of(ArtifactStore.Stored stored) {
      return of(stored, Told.NOTHING);
    }

    /** Nothing stopped the program. */
    static Taken of(ArtifactStore.Stored stored, Told told) {
      return of(stored, told, Duration.ZERO);
    }

    /** Nothing stopped the program. */
    static Taken of(ArtifactStore.Stored stored, Source source) {
      return new Taken(stored, Told.NOTHING, Duration.ZERO, Optional.of(source), Optional.empty());
    }

    /** The same file, of which the status shows this. */
    Taken telling(Told what) {
      return new Taken(stored, what, stall, source, earlier);
    }

    /** The same, and how it was before. */
    Taken following(Taken before) {
      return new Taken(stored, told, stall, source, Optional.of(before.stored()));
    }

    static Taken of(ArtifactStore.Stored stored, Told told, Duration stall) {
      return new Taken(stored, told, stall, Optional.empty(), Optional.empty());
    }
  }

  /**
   * How much of what happened a window saw.
   *
   * @param cut whether it was closed early, at its limit
   * @param lost events that are in no figure: there was no room for them
   */
  record Window(boolean cut, long lost) {
    private static final Window WHOLE = new Window(false, 0);
  }

  /**
   * What the status shows of one kind; empty where the kind has no such thing.
   *
   * @param maps fastest growing first
   * @param classes that grew, fastest first
   * @param jvm what its flags are
   * @param go what its settings are
   * @param instances that were looked for
   * @param allocations that outlived half a window, most bytes first
   * @param goroutines in groups
   * @param holders of a heap, fastest growing first
   * @param advice sentences with their figures
   * @param figures that are samples of the container too
   * @param window that it was seen in; the whole where there was none
   */
  record Told(
      List<MapReport> maps,
      List<ClassReport> classes,
      Optional<JvmReport> jvm,
      Optional<GoReport> go,
      Optional<InstanceReport> instances,
      List<AllocationReport> allocations,
      Optional<GoroutineReport> goroutines,
      List<HolderReport> holders,
      List<String> advice,
      Map<Signal, Double> figures,
      Window window) {
    static final Told NOTHING = new Told(List.of(), List.of(), List.of());

    public Told {
      maps = List.copyOf(maps);
      classes = List.copyOf(classes);
      allocations = List.copyOf(allocations);
      holders = List.copyOf(holders);
      advice = List.copyOf(advice);
      figures = Map.copyOf(figures);
    }

    private Told(
        List<MapReport> maps, List<ClassReport> classes, List<AllocationReport> allocations) {
      this(
          maps,
          classes,
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          allocations,
          Optional.empty(),
          List.of(),
          List.of(),
          Map.of(),
          Window.WHOLE);
    }

    private Told(
        Optional<JvmReport> jvm,
        Optional<GoReport> go,
        Optional<InstanceReport> instances,
        Optional<GoroutineReport> goroutines) {
      this(
          List.of(),
          List.of(),
          jvm,
          go,
          instances,
          List.of(),
          goroutines,
          List.of(),
          List.of(),
          Map.of(),
          Window.WHOLE);
    }

    /** The same, of a window. */
    Told of(Window seen) {
      return new Told(
          maps,
          classes,
          jvm,
          go,
          instances,
          allocations,
          goroutines,
          holders,
          advice,
          figures,
          seen);
    }

    /** The same, with advice. */
    Told advising(List<String> sentences) {
      return new Told(
          maps,
          classes,
          jvm,
          go,
          instances,
          allocations,
          goroutines,
          holders,
          sentences,
          figures,
          window);
    }

    /** The same, with samples. */
    Told measuring(Map<Signal, Double> measured) {
      return new Told(
          maps,
          classes,
          jvm,
          go,
          instances,
          allocations,
          goroutines,
          holders,
          advice,
          measured,
          window);
    }

    static Told holders(List<HolderReport> holders) {
      return new Told(
          List.of(),
          List.of(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          List.of(),
          Optional.empty(),
          holders,
          List.of(),
          Map.of(),
          Window.WHOLE);
    }

    static Told maps(List<MapReport> maps) {
      return new Told(maps, List.of(), List.of());
    }

    static Told classes(List<ClassReport> classes) {
      return new Told(List.of(), classes, List.of());
    }

    static Told allocations(List<AllocationReport> allocations) {
      return new Told(List.of(), List.of(), allocations);
    }

    static Told jvm(JvmReport jvm) {
      return new Told(Optional.of(jvm), Optional.empty(), Optional.empty(), Optional.empty());
    }

    static Told go(Optional<GoReport> go) {
      return new Told(Optional.empty(), go, Optional.empty(), Optional.empty());
    }

    static Told instances(InstanceReport instances) {
      return new Told(Optional.empty(), Optional.empty(), Optional.of(instances), Optional.empty());
    }

    static Told goroutines(Optional<GoroutineReport> goroutines) {
      return new Told(Optional.empty(), Optional.empty(), Optional.empty(), goroutines);
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

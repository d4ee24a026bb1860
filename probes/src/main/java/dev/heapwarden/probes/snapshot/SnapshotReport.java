package dev.heapwarden.probes.snapshot;

import dev.heapwarden.crds.snapshot.GoroutineReport;
import dev.heapwarden.crds.snapshot.HolderReport;
import dev.heapwarden.crds.snapshot.MapReport;
import dev.heapwarden.crds.snapshot.MemorySnapshotStatus;
import dev.heapwarden.crds.snapshot.MemorySnapshotStatus.AllocationReport;
import dev.heapwarden.crds.snapshot.MemorySnapshotStatus.Artifact;
import dev.heapwarden.crds.snapshot.MemorySnapshotStatus.ClassReport;
import dev.heapwarden.crds.snapshot.MemorySnapshotStatus.GoReport;
import dev.heapwarden.crds.snapshot.MemorySnapshotStatus.InstanceReport;
import dev.heapwarden.crds.snapshot.MemorySnapshotStatus.JvmReport;
import dev.heapwarden.crds.snapshot.MemorySnapshotStatus.Phase;
import dev.heapwarden.crds.snapshot.SnapshotKind;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.SequencedMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The one place where the status of a snapshot is made. */
final class SnapshotReport {
  /** Said while a snapshot is taken again, so that a second death is the last. */
  static final String SECOND_TRY = "taken again: the agent ended during the first try";

  private SnapshotReport() {}

  static MemorySnapshotStatus running(String node, Instant startedAt, @Nullable String message) {
    return new MemorySnapshotStatus(
        Phase.RUNNING,
        null,
        message,
        node,
        startedAt.toString(),
        null,
        List.of(),
        List.of(),
        List.of(),
        null,
        null);
  }

  static MemorySnapshotStatus failed(
      String node, @Nullable String startedAt, Instant now, String message) {
    return new MemorySnapshotStatus(
        Phase.FAILED,
        null,
        message,
        node,
        startedAt,
        now.toString(),
        List.of(),
        List.of(),
        List.of(),
        null,
        null);
  }

  /**
   * Completed when at least one kind was taken.
   *
   * @param variables names of those that set the runtime; null when they could not be read
   */
  static MemorySnapshotStatus finished(
      String node,
      Instant startedAt,
      Instant now,
      SequencedMap<SnapshotKind, Evidence> evidence,
      @Nullable List<String> variables) {
    var artifacts = new ArrayList<Artifact>();
    var maps = new ArrayList<MapReport>();
    var classes = new ArrayList<ClassReport>();
    var jvms = new ArrayList<JvmReport>();
    var gos = new ArrayList<GoReport>();
    var instances = new ArrayList<InstanceReport>();
    var allocations = new ArrayList<AllocationReport>();
    var goroutines = new ArrayList<GoroutineReport>();
    var holders = new ArrayList<HolderReport>();
    var advice = new ArrayList<String>();
    evidence.forEach(
        (kind, outcome) -> {
          artifacts.add(artifact(kind, outcome));
          if (outcome instanceof Evidence.Taken taken) {
            taken.earlier().ifPresent(file -> artifacts.add(earlier(kind, file, taken)));
            var told = taken.told();
            maps.addAll(told.maps());
            classes.addAll(told.classes());
            told.jvm().ifPresent(jvms::add);
            told.go().ifPresent(gos::add);
            told.instances().ifPresent(instances::add);
            allocations.addAll(told.allocations());
            told.goroutines().ifPresent(goroutines::add);
            holders.addAll(told.holders());
            advice.addAll(told.advice());
          }
        });
    boolean taken =
        artifacts.stream().anyMatch(artifact -> artifact.state() == Artifact.State.TAKEN);
    return new MemorySnapshotStatus(
        taken ? Phase.COMPLETED : Phase.FAILED,
        site(maps, classes, holders, allocations),
        taken ? null : nothingTaken(artifacts),
        node,
        startedAt.toString(),
        now.toString(),
        artifacts,
        maps.subList(0, Math.min(maps.size(), MemorySnapshotStatus.MAPS_LIMIT)),
        GrownClasses.told(classes),
        variables,
        jvms.isEmpty() ? null : jvms.getFirst(),
        gos.isEmpty() ? null : gos.getFirst(),
        instances.isEmpty() ? null : instances.getFirst(),
        allocations.subList(
            0, Math.min(allocations.size(), MemorySnapshotStatus.ALLOCATIONS_LIMIT)),
        goroutines.isEmpty() ? null : goroutines.getFirst(),
        holders.subList(0, Math.min(holders.size(), MemorySnapshotStatus.HOLDERS_LIMIT)),
        advice.subList(0, Math.min(advice.size(), MemorySnapshotStatus.ADVICE_LIMIT)));
  }

  /** What people can look up in their own code. */
  private static @Nullable String site(
      List<MapReport> maps,
      List<ClassReport> classes,
      List<HolderReport> holders,
      List<AllocationReport> allocations) {
    var function =
        maps.stream()
            .filter(map -> map.entriesPerSecond() > 0 && !map.steady() && !map.sites().isEmpty())
            .map(map -> map.sites().getFirst().function());
    var ofTheApplication =
        classes.stream().filter(found -> !found.platform()).map(ClassReport::className);
    var holder = HolderReport.leading(holders).map(HolderReport::name).stream();
    var allocating =
        allocations.stream().map(AllocationReport::site).filter(Objects::nonNull).limit(1);
    return Stream.of(function, ofTheApplication, allocating, holder)
        .flatMap(sites -> sites)
        .findFirst()
        .orElse(null);
  }

  private static String nothingTaken(List<Artifact> artifacts) {
    return artifacts.stream()
        .map(artifact -> artifact.kind() + ": " + artifact.reason())
        .collect(Collectors.joining("; ", "nothing was taken: ", ""));
  }

  private static Artifact artifact(SnapshotKind kind, Evidence evidence) {
    return switch (evidence) {
      case Evidence.Taken(var stored, var told, var stall, var source, var _) ->
          new Artifact(
              kind,
              Artifact.State.TAKEN,
              null,
              stored.size(),
              stored.sha256(),
              stored.path().toString(),
              stall.toMillis(),
              source.orElse(null),
              told.window().cut() ? true : null,
              told.window().lost() > 0 ? told.window().lost() : null,
              null);
      case Evidence.Refused(var reason, var stall) ->
          without(kind, Artifact.State.REFUSED, reason, stall);
      case Evidence.Failed(var reason, var stall) ->
          without(kind, Artifact.State.FAILED, reason, stall);
    };
  }

  /** Nothing stopped the program for it. */
  private static Artifact earlier(
      SnapshotKind kind, ArtifactStore.Stored file, Evidence.Taken taken) {
    return new Artifact(
        kind,
        Artifact.State.TAKEN,
        null,
        file.size(),
        file.sha256(),
        file.path().toString(),
        0L,
        taken.source().orElse(null));
  }

  private static Artifact without(
      SnapshotKind kind, Artifact.State state, String reason, Duration stall) {
    return new Artifact(
        kind, state, reason, null, null, null, stall.isZero() ? null : stall.toMillis(), null);
  }
}

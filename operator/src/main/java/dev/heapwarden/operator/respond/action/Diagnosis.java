package dev.heapwarden.operator.respond.action;

import static java.util.stream.Collectors.joining;

import dev.heapwarden.crds.incident.Finding;
import dev.heapwarden.crds.snapshot.MapReport;
import dev.heapwarden.crds.snapshot.MemorySnapshot;
import dev.heapwarden.crds.snapshot.MemorySnapshotStatus;
import dev.heapwarden.crds.snapshot.MemorySnapshotStatus.Artifact;
import dev.heapwarden.detection.verdict.Cause;
import dev.heapwarden.detection.verdict.MapCause;
import dev.heapwarden.operator.evaluate.Names;
import dev.heapwarden.operator.respond.journal.ActionKind;
import dev.heapwarden.operator.respond.journal.Steps;
import dev.heapwarden.operator.respond.journal.Texts;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What level 1 found. */
final class Diagnosis {
  /** Sentences in a line of the timeline; the snapshot has all. */
  private static final int ADVICE = 3;

  private Diagnosis() {}

  /** What the agent answered to the incident's newest snapshot; empty where there is none. */
  static Optional<MemorySnapshotStatus> find(KubernetesClient client, Situation situation) {
    return Steps.newest(situation.status(), ActionKind.DIAGNOSE)
        .flatMap(step -> new IncidentSnapshots(client).find(situation.incident(), step))
        .map(MemorySnapshot::getStatus);
  }

  /**
   * What a completed snapshot shows.
   *
   * @param baseline what the response began for
   */
  static Seen seen(Finding baseline, MemorySnapshotStatus status) {
    var leaking =
        baseline.cause().equals(Names.camel(Cause.GOROUTINE_GROWTH))
            ? GoroutineLeak.in(status)
            : Optional.<GoroutineLeak>empty();
    return leaking.isEmpty()
        ? new Seen.Done(artefacts(status) + growing(status) + advice(status), culprit(status))
        : new Seen.Done(
            artefacts(status) + "; " + leaking.get().sentence() + advice(status),
            Optional.of(new Seen.Culprit(Cause.GOROUTINE_GROWTH, leaking.get().site())));
  }

  /**
   * Such as {@code ; map[string]*main.session at main.handle (main.go:69) gains 75.0 entries/s}.
   */
  private static String growing(MemorySnapshotStatus status) {
    return status.maps().stream()
        .filter(map -> map.entriesPerSecond() > 0)
        .flatMap(
            map ->
                map.sites().stream()
                    .filter(site -> site.function().equals(status.site()))
                    .map(site -> sentence(map, site)))
        .findFirst()
        .orElse("");
  }

  /** Such as {@code . Maps hold 72 % of the 34.1 MiB in use: ...}, of the first few. */
  private static String advice(MemorySnapshotStatus status) {
    return status.advice().isEmpty()
        ? ""
        : status.advice().stream().limit(ADVICE).collect(joining(" ", ". ", ""));
  }

  private static String sentence(MapReport map, MapReport.Site site) {
    return String.format(
        Locale.ROOT,
        "; %s at %s%s gains %.1f entries/s",
        map.type() == null ? "a map" : map.type(),
        site.function(),
        site.location() == null ? "" : " (" + site.location() + ")",
        map.entriesPerSecond());
  }

  private static Optional<Seen.Culprit> culprit(MemorySnapshotStatus status) {
    var site = status.site();
    if (site == null) {
      return Optional.empty();
    }
    return Optional.of(new Seen.Culprit(cause(status, site), site));
  }

  private static Cause cause(MemorySnapshotStatus status, String site) {
    if (status.classes().stream().anyMatch(found -> found.className().equals(site))) {
      return Cause.CLASS_GROWTH;
    }
    return status.allocations().stream().anyMatch(found -> site.equals(found.site()))
        ? Cause.NATIVE_GROWTH
        : MapCause.of(type(status, site), site);
  }

  /** Of the map that this function makes grow most; empty where it is not known. */
  private static String type(MemorySnapshotStatus status, String site) {
    return status.maps().stream()
        .filter(map -> map.entriesPerSecond() > 0)
        .filter(map -> map.sites().stream().anyMatch(by -> by.function().equals(site)))
        .findFirst()
        .map(MapReport::type)
        .orElse("");
  }

  static String artefacts(MemorySnapshotStatus status) {
    List<Artifact> artifacts = status.artifacts();
    return artifacts == null || artifacts.isEmpty()
        ? "no artefacts"
        : artifacts.stream().map(Diagnosis::line).collect(joining("; "));
  }

  private static String line(Artifact artifact) {
    var kind = Texts.enumName(artifact.kind());
    return switch (artifact.state()) {
      case TAKEN -> {
        Long size = artifact.size();
        String sha = artifact.sha256();
        yield "%s %s sha256:%s"
            .formatted(
                kind,
                size == null ? "of unknown size" : Texts.bytes(size),
                sha == null ? "unknown" : sha.substring(0, Math.min(12, sha.length())));
      }
      case REFUSED -> "%s refused (%s)".formatted(kind, artifact.reason());
      case FAILED -> "%s failed (%s)".formatted(kind, artifact.reason());
    };
  }
}

package dev.heapwarden.operator.respond.action;

import static java.util.stream.Collectors.joining;

import dev.heapwarden.crds.incident.Finding;
import dev.heapwarden.crds.snapshot.HolderReport;
import dev.heapwarden.crds.snapshot.MemorySnapshot;
import dev.heapwarden.crds.snapshot.MemorySnapshotStatus;
import dev.heapwarden.crds.snapshot.MemorySnapshotStatus.Artifact;
import dev.heapwarden.operator.respond.journal.ActionKind;
import dev.heapwarden.operator.respond.journal.Steps;
import dev.heapwarden.operator.respond.journal.Texts;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
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
    var named = SnapshotCause.of(baseline, status);
    var evidence =
        named
            .map(SnapshotCause::evidence)
            .filter(sentence -> !sentence.isEmpty())
            .map(sentence -> "; " + sentence)
            .orElse("");
    return new Seen.Done(
        artefacts(status) + evidence + holding(status) + advice(status),
        named.map(found -> new Seen.Culprit(found.cause(), found.site())));
  }

  /**
   * Such as {@code ; main.sessions (map[string]*main.session) holds 45.2 MiB (71 % of the heap) in
   * 92,104 objects, gains 1.2 MiB/s}.
   */
  private static String holding(MemorySnapshotStatus status) {
    return HolderReport.leading(status.holders())
        .map(
            holder ->
                String.format(
                    Locale.ROOT,
                    "; %s %s (%.0f %% of the heap) in %,d objects, gains %s/s",
                    holding(holder),
                    Texts.bytes((double) holder.bytes()),
                    100 * holder.share(),
                    holder.objects(),
                    Texts.bytes(Objects.requireNonNullElse(holder.bytesPerSecond(), 0.0))))
        .orElse("");
  }

  private static String holding(HolderReport holder) {
    return switch (holder.kind()) {
      case VARIABLE -> HolderCause.described(holder) + " holds";
      case GOROUTINES -> "goroutines of " + holder.name() + " hold";
      case TIMERS -> "pending timers hold";
      case FINALIZERS -> "finalizers alone hold";
    };
  }

  /** Such as {@code . Maps hold 72 % of the 34.1 MiB in use: ...}, of the first few. */
  private static String advice(MemorySnapshotStatus status) {
    return status.advice().isEmpty()
        ? ""
        : status.advice().stream().limit(ADVICE).collect(joining(" ", ". ", ""));
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

package dev.heapwarden.operator.respond.action;

import dev.heapwarden.crds.incident.LeakIncident;
import dev.heapwarden.crds.incident.Step;
import dev.heapwarden.crds.snapshot.MemorySnapshot;
import dev.heapwarden.crds.snapshot.MemorySnapshotSpec;
import dev.heapwarden.crds.snapshot.MemorySnapshotStatus.Artifact;
import dev.heapwarden.crds.snapshot.SnapshotKind;
import dev.heapwarden.operator.respond.journal.ActionKind;
import dev.heapwarden.operator.respond.journal.Steps;
import dev.heapwarden.operator.respond.journal.Texts;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Level 2: asks the node's agent for what it refused of the pod while that served, since it would
 * have stood still for too long. Isolated it keeps nobody waiting.
 */
public final class DiagnoseIsolated implements Action {
  /** Those for which a program stands still for the longer the more it holds. */
  private static final List<SnapshotKind> PAUSING =
      List.of(SnapshotKind.CLASS_HISTOGRAM, SnapshotKind.THREAD_DUMP, SnapshotKind.SMAPS);

  /** Three counts of a heap and a thread dump, of a minute each at most, and some to tell. */
  private static final Duration TAKING = Duration.ofMinutes(6);

  /** Fact of the step, besides the pod. */
  private static final String KINDS = "kinds";

  private final KubernetesClient client;
  private final TakeSnapshot snapshots;
  private final NoEviction shield;

  public DiagnoseIsolated(KubernetesClient client) {
    this.client = client;
    this.snapshots = new TakeSnapshot(client);
    this.shield = new NoEviction(client);
  }

  @Override
  public ActionKind kind() {
    return ActionKind.DIAGNOSE_ISOLATED;
  }

  @Override
  public boolean isAsked(Situation situation) {
    return isolated(situation).isPresent() && !refused(situation).isEmpty();
  }

  private static Optional<String> isolated(Situation situation) {
    return Steps.newest(situation.status(), ActionKind.ISOLATE)
        .filter(step -> step.state() == Step.State.DONE)
        .map(step -> Steps.fact(step, IsolatePod.POD));
  }

  private List<SnapshotKind> refused(Situation situation) {
    return Diagnosis.find(client, situation).stream()
        .flatMap(diagnosis -> diagnosis.artifacts().stream())
        .filter(artifact -> artifact.state() == Artifact.State.REFUSED)
        .map(Artifact::kind)
        .filter(PAUSING::contains)
        .toList();
  }

  @Override
  public Plan plan(Situation situation) {
    var pod = isolated(situation).orElseThrow();
    var kinds = refused(situation);
    var snapshot = snapshot(situation, pod, kinds);
    var names = kinds.stream().map(Texts::enumName).toList();
    return new Plan.Do(
        "memorysnapshot/" + snapshot.getMetadata().getName(),
        "%s of container %s of pod %s, refused while it served"
            .formatted(String.join(", ", names), situation.target().container(), pod),
        Serialization.asYaml(snapshot),
        Map.of(TakeSnapshot.POD, pod, KINDS, String.join(",", names)));
  }

  @Override
  public boolean isActed(Situation situation, Step step) {
    return snapshots.isActed(situation, step);
  }

  @Override
  public Acted act(Situation situation, Step step) {
    shield.begin(situation.incident());
    var names = List.of(Steps.fact(step, KINDS).split(",", -1));
    var kinds = PAUSING.stream().filter(kind -> names.contains(Texts.enumName(kind))).toList();
    var acted =
        snapshots.order(situation, snapshot(situation, Steps.fact(step, TakeSnapshot.POD), kinds));
    if (acted instanceof Acted.No) {
      shield.end(situation.incident());
    }
    return acted;
  }

  @Override
  public Seen look(Situation situation, Step step) {
    var seen = snapshots.look(situation, step, TAKING);
    if (!(seen instanceof Seen.NotYet)) {
      shield.end(situation.incident());
    }
    return seen;
  }

  /** Evidence stays; the snapshot goes with its incident. */
  @Override
  public Seen undo(LeakIncident incident, Step step, Instant now) {
    shield.end(incident);
    return snapshots.undo(incident, step, now);
  }

  /** In the queue of its node too. */
  @Override
  public Duration patience(Situation situation) {
    return TakeSnapshot.QUEUE.plus(TAKING);
  }

  @Override
  public Optional<Duration> timeToLive(Situation situation) {
    return Optional.empty();
  }

  private static MemorySnapshot snapshot(
      Situation situation, String pod, List<SnapshotKind> kinds) {
    return IncidentSnapshots.of(
        situation.incident(),
        situation.name() + "-l2d",
        new MemorySnapshotSpec(
            pod,
            situation.target().container(),
            kinds,
            situation.respond().diagnose().window(),
            List.of()));
  }
}

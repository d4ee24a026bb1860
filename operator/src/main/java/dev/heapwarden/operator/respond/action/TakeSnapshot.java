package dev.heapwarden.operator.respond.action;

import dev.heapwarden.crds.Durations;
import dev.heapwarden.crds.incident.LeakIncident;
import dev.heapwarden.crds.incident.Step;
import dev.heapwarden.crds.policy.JvmOptions;
import dev.heapwarden.crds.snapshot.MemorySnapshot;
import dev.heapwarden.crds.snapshot.MemorySnapshotSpec;
import dev.heapwarden.crds.snapshot.MemorySnapshotStatus;
import dev.heapwarden.crds.snapshot.SnapshotKind;
import dev.heapwarden.detection.verdict.Layer;
import dev.heapwarden.operator.respond.journal.ActionKind;
import dev.heapwarden.operator.respond.journal.Steps;
import dev.heapwarden.operator.respond.journal.Texts;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.net.HttpURLConnection;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/** Level 1: asks the node's agent for evidence, and waits until it is there. */
public final class TakeSnapshot implements Action {
  /** Facts of the step: the pod whose evidence it is, and so the pod that may be isolated. */
  static final String POD = "pod";

  static final String POD_UID = "podUid";

  /** For the agent to write its artefacts, beyond the windows themselves. */
  private static final Duration AGENT = Duration.ofMinutes(2);

  /** Kinds look one after the other, and counts of classes wait for collections meanwhile. */
  private static final int WINDOWS = 4;

  /** The agent takes one snapshot at a time, those of incidents first. */
  static final Duration QUEUE = Duration.ofMinutes(15);

  private final KubernetesClient client;
  private final IncidentSnapshots snapshots;

  public TakeSnapshot(KubernetesClient client) {
    this.client = client;
    this.snapshots = new IncidentSnapshots(client);
  }

  @Override
  public ActionKind kind() {
    return ActionKind.DIAGNOSE;
  }

  @Override
  public Plan plan(Situation situation) {
    var finding = situation.baseline();
    var snapshot = snapshot(situation, finding.pod(), name(situation));
    return new Plan.Do(
        "memorysnapshot/" + snapshot.getMetadata().getName(),
        "snapshot of container %s of pod %s"
            .formatted(situation.target().container(), finding.pod()),
        Serialization.asYaml(snapshot),
        Map.of(POD, finding.pod(), POD_UID, finding.podUid()));
  }

  @Override
  public boolean isActed(Situation situation, Step step) {
    return isOurs(situation.incident(), get(situation.incident(), step));
  }

  @Override
  public Acted act(Situation situation, Step step) {
    return order(
        situation, snapshot(situation, Steps.fact(step, POD), IncidentSnapshots.name(step)));
  }

  Acted order(Situation situation, MemorySnapshot snapshot) {
    try {
      client.resource(snapshot).create();
      return new Acted.Yes();
    } catch (KubernetesClientException e) {
      if (e.getCode() != HttpURLConnection.HTTP_CONFLICT) {
        throw e;
      }
      return isOurs(
              situation.incident(),
              snapshots.find(situation.incident(), snapshot.getMetadata().getName()))
          ? new Acted.Yes()
          : new Acted.No("a snapshot of this name exists that this incident did not order");
    }
  }

  @Override
  public Seen look(Situation situation, Step step) {
    return look(situation, step, taking(situation));
  }

  /**
   * What became of an order.
   *
   * @param taking what the agent may need once it has begun
   */
  Seen look(Situation situation, Step step, Duration taking) {
    return look(situation, get(situation.incident(), step), taking);
  }

  static Seen look(Situation situation, Optional<MemorySnapshot> snapshot, Duration taking) {
    if (snapshot.isEmpty() || !IncidentSnapshots.isOf(situation.incident(), snapshot.get())) {
      return new Seen.Failed("the snapshot was deleted");
    }
    var status = snapshot.get().getStatus();
    if (status == null || status.phase() == null) {
      return new Seen.NotYet("the agent has not begun the snapshot");
    }
    return switch (status.phase()) {
      case RUNNING ->
          began(snapshot.get(), status)
                  .filter(began -> situation.now().isAfter(began.plus(taking)))
                  .isPresent()
              ? new Seen.Failed("not seen to be done in time: the agent takes the snapshot")
              : new Seen.NotYet("the agent takes the snapshot");
      case COMPLETED -> Diagnosis.seen(situation.baseline(), status);
      case FAILED ->
          new Seen.Failed(
              "the agent could not take the snapshot: "
                  + (status.message() == null ? Diagnosis.artefacts(status) : status.message()));
    };
  }

  /** Evidence stays; the snapshot goes with its incident. */
  @Override
  public Seen undo(LeakIncident incident, Step step, Instant now) {
    return new Seen.Done("evidence is kept");
  }

  /** In the queue of its node too: who waits there is not at fault. */
  @Override
  public Duration patience(Situation situation) {
    return QUEUE.plus(taking(situation));
  }

  private static Duration taking(Situation situation) {
    return AGENT.plus(
        Durations.parse(situation.respond().diagnose().window()).multipliedBy(WINDOWS));
  }

  /** By the agent's clock, unless that is behind the API server's. */
  private static Optional<Instant> began(MemorySnapshot snapshot, MemorySnapshotStatus status) {
    return Stream.of(snapshot.getMetadata().getCreationTimestamp(), status.startedAt())
        .filter(Objects::nonNull)
        .map(Instant::parse)
        .max(Comparator.naturalOrder());
  }

  @Override
  public Optional<Duration> timeToLive(Situation situation) {
    return Optional.empty();
  }

  /** {@code <incident>-l1}, and {@code -l1b} for the second attempt. */
  private static String name(Situation situation) {
    // Not of the newest step alone: a rehearsal may have come after the first attempt.
    boolean again =
        Steps.all(situation.status())
            .filter(step -> Steps.is(step, ActionKind.DIAGNOSE))
            .anyMatch(step -> step.state() == Step.State.FAILED);
    return situation.name() + (again ? "-l1b" : "-l1");
  }

  private static MemorySnapshot snapshot(Situation situation, String pod, String name) {
    return IncidentSnapshots.of(
        situation.incident(),
        name,
        new MemorySnapshotSpec(
            pod,
            situation.target().container(),
            kinds(situation),
            situation.respond().diagnose().window(),
            options(situation)));
  }

  /** Auto asks a native program for its allocations; others only where no runtime tells of it. */
  private static List<SnapshotKind> kinds(Situation situation) {
    return Texts.enumName(Layer.KERNEL).equals(situation.baseline().layer())
        ? List.of(SnapshotKind.AUTO, SnapshotKind.NATIVE_ALLOCATIONS)
        : List.of(SnapshotKind.AUTO);
  }

  /** What level 3 would set is checked at once: an intervention needs no second snapshot. */
  private static List<String> options(Situation situation) {
    var jvm = situation.respond().intervene().jvm();
    return jvm == null ? List.of() : JvmOptions.of(jvm);
  }

  Optional<MemorySnapshot> get(LeakIncident incident, Step step) {
    return snapshots.find(incident, step);
  }

  private static boolean isOurs(LeakIncident incident, Optional<MemorySnapshot> found) {
    return found.filter(snapshot -> IncidentSnapshots.isOf(incident, snapshot)).isPresent();
  }
}

package dev.heapwarden.operator.respond.action;

import static java.util.stream.Collectors.joining;

import dev.heapwarden.crds.incident.LeakIncident;
import dev.heapwarden.crds.incident.Step;
import dev.heapwarden.crds.policy.Relief;
import dev.heapwarden.crds.snapshot.MemorySnapshot;
import dev.heapwarden.crds.snapshot.MemorySnapshotSpec;
import dev.heapwarden.crds.snapshot.MemorySnapshotStatus;
import dev.heapwarden.crds.snapshot.MemorySnapshotStatus.Artifact;
import dev.heapwarden.crds.snapshot.SnapshotKind;
import dev.heapwarden.operator.evaluate.Assessments;
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
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Level 3: JVMs that leak give back what they can while they serve, one after the other, so that no
 * two stand still at once. How far it is can be read off the snapshots that were ordered.
 */
public final class RelieveMemory implements Action {
  /** Fact of the step: names of pods, in turn. */
  private static final String PODS = "pods";

  private static final int MOST = 10;

  /** For the agent: it waits for up to four questions of 30 s for each, and some to tell. */
  private static final Duration TAKING = Duration.ofMinutes(5);

  private final KubernetesClient client;
  private final Assessments assessments;
  private final TakeSnapshot snapshots;

  public RelieveMemory(KubernetesClient client, Assessments assessments) {
    this.client = client;
    this.assessments = assessments;
    this.snapshots = new TakeSnapshot(client);
  }

  @Override
  public ActionKind kind() {
    return ActionKind.RELIEVE;
  }

  @Override
  public boolean isAsked(Situation situation) {
    return !situation.respond().intervene().relieve().isEmpty();
  }

  @Override
  public Plan plan(Situation situation) {
    var workload = situation.target().workload();
    if (!situation.baseline().runtime().equals("JVM")) {
      return new Plan.Refuse(
          workload,
          "OnlyJvms: a %s program cannot be asked to give memory back"
              .formatted(situation.baseline().runtime()));
    }
    var pods = pods(situation);
    if (pods.isEmpty()) {
      return new Plan.Refuse(workload, LeakingPods.NONE);
    }
    return new Plan.Do(
        "memorysnapshot/" + name(situation, 0),
        "%s in container %s of %s, one after the other"
            .formatted(what(situation), situation.target().container(), String.join(", ", pods)),
        IntStream.range(0, pods.size())
            .mapToObj(turn -> Serialization.asYaml(snapshot(situation, pods.get(turn), turn)))
            .collect(joining()),
        Map.of(PODS, String.join(" ", pods)));
  }

  /** The one that the response began for comes first, whatever detection has forgotten since. */
  private List<String> pods(Situation situation) {
    var worst = situation.baseline();
    var leaking =
        LeakingPods.of(client, assessments, situation).stream().map(LeakingPods.Leaking::pod);
    return Stream.concat(
            Pods.find(client, situation.namespace(), worst.pod(), worst.podUid()).stream(), leaking)
        // What detection knows of an isolation is a moment old.
        .filter(pod -> !Pods.isIsolated(pod))
        .map(pod -> pod.getMetadata().getName())
        .distinct()
        .limit(MOST)
        .toList();
  }

  private static String what(Situation situation) {
    return situation.respond().intervene().relieve().stream()
        .map(
            relief ->
                switch (relief) {
                  case COLLECT_GARBAGE -> "a full collection";
                  case TRIM_NATIVE_HEAP -> "freed native memory given back";
                })
        .collect(joining(", "));
  }

  /** All were ordered. */
  @Override
  public boolean isActed(Situation situation, Step step) {
    return find(situation, turns(step).size() - 1).isPresent();
  }

  /** One pod at most, once the one before it is through. */
  @Override
  public Acted act(Situation situation, Step step) {
    var pods = turns(step);
    int turn = pods.size();
    // Somebody may have deleted an earlier one, which is through.
    while (turn > 0 && find(situation, turn - 1).isEmpty()) {
      turn--;
    }
    if (turn > 0
        && TakeSnapshot.look(situation, find(situation, turn - 1), TAKING) instanceof Seen.NotYet
        && !isLate(situation, turn - 1)) {
      return new Acted.Again("pod %s gives back memory".formatted(pods.get(turn - 1)));
    }
    if (turn == pods.size() || (turn > 0 && !isAsked(situation))) {
      return new Acted.Yes();
    }
    if (!isAsked(situation)) {
      return new Acted.No("the policy changed after this was intended");
    }
    var ordered = snapshots.order(situation, snapshot(situation, pods.get(turn), turn));
    return ordered instanceof Acted.Yes && turn + 1 < pods.size()
        ? new Acted.Again("pod %s is asked to give back memory".formatted(pods.get(turn)))
        : ordered;
  }

  /** An agent that never begins does not keep the other pods waiting. */
  private boolean isLate(Situation situation, int turn) {
    return find(situation, turn)
        .map(snapshot -> Instant.parse(snapshot.getMetadata().getCreationTimestamp()))
        .filter(ordered -> situation.now().isAfter(ordered.plus(patience(situation))))
        .isPresent();
  }

  @Override
  public Seen look(Situation situation, Step step) {
    var pods = turns(step);
    var ordered =
        IntStream.range(0, pods.size())
            .mapToObj(turn -> find(situation, turn))
            .flatMap(Optional::stream)
            .toList();
    if (!ordered.isEmpty()) {
      var last = TakeSnapshot.look(situation, Optional.of(ordered.getLast()), TAKING);
      if (last instanceof Seen.NotYet) {
        return last;
      }
    }
    boolean any =
        ordered.stream()
            .map(MemorySnapshot::getStatus)
            .anyMatch(status -> status != null && !status.advice().isEmpty());
    var said =
        IntStream.range(0, pods.size())
            .mapToObj(turn -> "%s: %s".formatted(pods.get(turn), said(situation, turn)))
            .collect(joining("; "));
    return any ? new Seen.Done(said) : new Seen.Failed("nothing was given back; " + said);
  }

  /** Such as {@code GC.run gave back ...}, or why it did not. */
  private String said(Situation situation, int turn) {
    var snapshot = find(situation, turn);
    if (snapshot.isEmpty()) {
      return "it was not asked any more";
    }
    return switch (TakeSnapshot.look(situation, snapshot, TAKING)) {
      case Seen.NotYet(var reason, var _) -> reason;
      case Seen.Failed(var reason) -> reason;
      case Seen.Done _ -> said(snapshot.get().getStatus());
    };
  }

  private static String said(MemorySnapshotStatus status) {
    return Stream.concat(
            status.advice().stream(),
            status.artifacts().stream()
                .filter(artifact -> artifact.state() != Artifact.State.TAKEN)
                .map(artifact -> Texts.enumName(artifact.kind()) + ": " + artifact.reason()))
        .collect(joining(", "));
  }

  /** What was given back is; the snapshots go with their incident. */
  @Override
  public Seen undo(LeakIncident incident, Step step, Instant now) {
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

  private static List<String> turns(Step step) {
    return List.of(Steps.fact(step, PODS).split(" "));
  }

  private Optional<MemorySnapshot> find(Situation situation, int turn) {
    return new IncidentSnapshots(client)
        .find(situation.incident(), name(situation, turn))
        .filter(snapshot -> IncidentSnapshots.isOf(situation.incident(), snapshot));
  }

  /** {@code <incident>-l3}, {@code -l3-2} of the second pod, and so on. */
  private static String name(Situation situation, int turn) {
    return situation.name() + "-l3" + (turn == 0 ? "" : "-" + (turn + 1));
  }

  private static MemorySnapshot snapshot(Situation situation, String pod, int turn) {
    return IncidentSnapshots.of(
        situation.incident(),
        name(situation, turn),
        new MemorySnapshotSpec(
            pod,
            situation.target().container(),
            situation.respond().intervene().relieve().stream().map(RelieveMemory::kind).toList(),
            MemorySnapshotSpec.WINDOW,
            List.of()));
  }

  private static SnapshotKind kind(Relief relief) {
    return switch (relief) {
      case COLLECT_GARBAGE -> SnapshotKind.COLLECT_GARBAGE;
      case TRIM_NATIVE_HEAP -> SnapshotKind.TRIM_NATIVE_HEAP;
    };
  }
}

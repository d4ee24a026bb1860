package dev.heapwarden.e2e.corpus;

import dev.heapwarden.crds.incident.LeakIncident;
import dev.heapwarden.crds.snapshot.MemorySnapshot;
import dev.heapwarden.crds.snapshot.MemorySnapshotStatus;
import dev.heapwarden.detection.sample.ContainerKey;
import dev.heapwarden.detection.sample.ContainerState;
import dev.heapwarden.detection.sample.SampleBatch;
import io.fabric8.kubernetes.api.model.HasMetadata;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Predicate;

/** A program that runs now, and what was said of it so far. */
final class Recording {
  private final Program program;
  private final String podUid;
  private final Instant startedAt;
  private final Duration length;
  private final List<Trace.Answer> answers = new ArrayList<>();

  /** A pod of the same name may have run before: the agent still remembers that. */
  Recording(Program program, String podUid, Instant startedAt, Duration length) {
    this.program = program;
    this.podUid = podUid;
    this.startedAt = startedAt;
    this.length = length;
  }

  Program program() {
    return program;
  }

  boolean isOver(Instant now) {
    return startedAt.plus(length).isBefore(now);
  }

  /** Keeps of an answer what is of this program. */
  void hear(SampleBatch batch, Instant at) {
    if (isOver(at)) {
      return;
    }
    Predicate<ContainerKey> ours = key -> key.podUid().equals(podUid);
    var states = batch.containers().stream().filter(state -> ours.test(state.container())).toList();
    var samples = batch.samples().stream().filter(sample -> ours.test(sample.container())).toList();
    if (!states.isEmpty() || !samples.isEmpty()) {
      answers.add(
          new Trace.Answer(
              at,
              new SampleBatch(
                  batch.epoch(),
                  batch.last(),
                  batch.dropped(),
                  batch.reset(),
                  batch.more(),
                  states,
                  samples)));
    }
  }

  /** Whether the agent saw it, and knew its runtime. */
  boolean isWhole() {
    return answers.stream()
        .flatMap(answer -> answer.batch().containers().stream())
        .map(ContainerState::runtime)
        .anyMatch(program.runtime()::equals);
  }

  /** Whether a snapshot is of the program as it runs now. */
  boolean isOfThis(MemorySnapshot snapshot) {
    return snapshot.getSpec().pod().equals(program.name()) && isSinceItsStart(snapshot);
  }

  /** Whether an incident is of the program as it runs now. */
  boolean isOfThis(LeakIncident incident) {
    return incident.getSpec().target().workload().equals(program.name())
        && isSinceItsStart(incident);
  }

  private boolean isSinceItsStart(HasMetadata made) {
    return !Instant.parse(made.getMetadata().getCreationTimestamp())
        .isBefore(startedAt.truncatedTo(ChronoUnit.SECONDS));
  }

  /**
   * What was recorded.
   *
   * @param snapshots that were taken of it
   */
  Trace trace(List<MemorySnapshotStatus> snapshots) {
    return new Trace(answers, snapshots.stream().map(Recording::dated).toList());
  }

  private static Trace.Snapshot dated(MemorySnapshotStatus taken) {
    return new Trace.Snapshot(Instant.parse(Objects.requireNonNull(taken.completedAt())), taken);
  }
}

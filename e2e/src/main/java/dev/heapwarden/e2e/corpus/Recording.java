package dev.heapwarden.e2e.corpus;

import dev.heapwarden.detection.sample.ContainerKey;
import dev.heapwarden.detection.sample.ContainerState;
import dev.heapwarden.detection.sample.SampleBatch;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** A program that runs now, and what was said of it so far. */
final class Recording {
  private final Program program;
  private final String podUid;
  private final Instant startedAt;
  private final List<Trace.Answer> answers = new ArrayList<>();

  /** A pod of the same name may have run before: the agent still remembers that. */
  Recording(Program program, String podUid, Instant startedAt) {
    this.program = program;
    this.podUid = podUid;
    this.startedAt = startedAt;
  }

  Program program() {
    return program;
  }

  boolean isOver(Duration length, Instant now) {
    return startedAt.plus(length).isBefore(now);
  }

  /** Keeps of an answer what is of this program. */
  void hear(SampleBatch batch, Instant at) {
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

  Trace trace() {
    return new Trace(answers);
  }
}

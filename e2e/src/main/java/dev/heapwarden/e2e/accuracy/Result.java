package dev.heapwarden.e2e.accuracy;

import dev.heapwarden.detection.verdict.Evidence;
import dev.heapwarden.e2e.accuracy.Opinion.Alarm;
import dev.heapwarden.e2e.corpus.Program;
import dev.heapwarden.e2e.corpus.Trace.Snapshot;
import java.util.List;
import java.util.Optional;

/**
 * What a method made of one program.
 *
 * @param suspectedAt first moment of suspicion or more, seconds from the program's start
 * @param confirmedAt first alarm, likewise
 * @param alarms how often an alarm began
 * @param watched seconds from the program's start until it ended, or its recording did
 * @param confirmed evidence of the latest alarm that has any
 * @param baseline evidence of the first alarm that has any
 * @param sampled of the latest, as samples alone have it
 * @param snapshots how many say more of it
 */
record Result(
    Program program,
    Optional<Double> suspectedAt,
    Optional<Double> confirmedAt,
    int alarms,
    double watched,
    Optional<Evidence> confirmed,
    Optional<Evidence> baseline,
    Optional<Evidence> sampled,
    int snapshots) {

  static Result of(Method method, Program program, List<Moment> moments) {
    Optional<Double> suspectedAt = Optional.empty();
    Optional<Double> confirmedAt = Optional.empty();
    Optional<Evidence> baseline = Optional.empty();
    Optional<Evidence> evidence = Optional.empty();
    int alarms = 0;
    var before = Alarm.NONE;
    for (var moment : moments) {
      var opinion = method.judge(moment);
      double at = Replay.secondsInto(moments, moment.now());
      if (opinion.alarm() != Alarm.NONE && suspectedAt.isEmpty()) {
        suspectedAt = Optional.of(at);
      }
      if (opinion.alarm() == Alarm.CONFIRMED) {
        confirmedAt = confirmedAt.or(() -> Optional.of(at));
        evidence = opinion.evidence().isPresent() ? opinion.evidence() : evidence;
        baseline = baseline.or(opinion::evidence);
        alarms += before == Alarm.CONFIRMED ? 0 : 1;
      }
      before = opinion.alarm();
    }
    double watched = moments.isEmpty() ? 0 : Replay.secondsInto(moments, moments.getLast().now());
    return new Result(
        program, suspectedAt, confirmedAt, alarms, watched, evidence, baseline, evidence, 0);
  }

  /** The same where the snapshots of its incident are known. */
  Result with(List<Snapshot> taken) {
    return new Result(
        program,
        suspectedAt,
        confirmedAt,
        alarms,
        watched,
        baseline.flatMap(first -> sampled.map(last -> NamedLeak.of(first, last, taken))),
        baseline,
        sampled,
        taken.size());
  }

  boolean alarmed() {
    return confirmedAt.isPresent();
  }
}

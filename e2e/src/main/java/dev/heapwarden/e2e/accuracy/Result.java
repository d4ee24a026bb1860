package dev.heapwarden.e2e.accuracy;

import dev.heapwarden.detection.verdict.Evidence;
import dev.heapwarden.e2e.accuracy.Opinion.Alarm;
import dev.heapwarden.e2e.corpus.Program;
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
 */
record Result(
    Program program,
    Optional<Double> suspectedAt,
    Optional<Double> confirmedAt,
    int alarms,
    double watched,
    Optional<Evidence> confirmed) {

  static Result of(Method method, Program program, List<Moment> moments) {
    Optional<Double> suspectedAt = Optional.empty();
    Optional<Double> confirmedAt = Optional.empty();
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
        alarms += before == Alarm.CONFIRMED ? 0 : 1;
      }
      before = opinion.alarm();
    }
    double watched = moments.isEmpty() ? 0 : Replay.secondsInto(moments, moments.getLast().now());
    return new Result(program, suspectedAt, confirmedAt, alarms, watched, evidence);
  }

  boolean alarmed() {
    return confirmedAt.isPresent();
  }
}

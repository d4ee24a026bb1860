package dev.heapwarden.e2e.accuracy;

import dev.heapwarden.detection.verdict.Evidence;
import java.util.Optional;

/**
 * What a method says at a moment.
 *
 * @param evidence of a method that has any
 */
record Opinion(Alarm alarm, Optional<Evidence> evidence) {
  static final Opinion QUIET = new Opinion(Alarm.NONE, Optional.empty());

  enum Alarm {
    NONE,
    SUSPECTED,
    /** What would wake a person. Methods of one level have only this. */
    CONFIRMED
  }

  static Opinion alarmIf(boolean leak) {
    return leak ? new Opinion(Alarm.CONFIRMED, Optional.empty()) : QUIET;
  }
}

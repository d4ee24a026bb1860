package dev.heapwarden.operator.schedule;

import java.text.ParseException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Date;
import java.util.Optional;
import java.util.TimeZone;
import java.util.regex.Pattern;
import org.quartz.CronExpression;

/**
 * A Quartz cron expression in its time zone, as a pure function of time. A moment that daylight
 * saving skips is left out; one that comes twice is named once, the second time that the clock
 * shows it.
 */
public final class Schedule {
  /** Quartz 2.5 reads them, unchecked, as its own codes for ? and * (NO_SPEC_INT, ALL_SPEC_INT). */
  private static final Pattern QUARTZ_SPECIAL = Pattern.compile("\\b9[89]\\b");

  /** No clock is changed soon after it. */
  private static final Instant SOME_WINTER = Instant.parse("2026-01-01T00:00:00Z");

  private final CronExpression expression;

  private Schedule(CronExpression expression) {
    this.expression = expression;
  }

  /**
   * Reads it.
   *
   * @throws IllegalArgumentException with a message for people, which names both texts
   */
  public static Schedule of(String cron, String timeZone) {
    try {
      if (QUARTZ_SPECIAL.matcher(cron).find()) {
        throw new ParseException("98 and 99 are values of no field", 0);
      }
      var expression = new CronExpression(cron);
      // ZoneId refuses an unknown zone; TimeZone alone would silently take GMT.
      expression.setTimeZone(TimeZone.getTimeZone(ZoneId.of(timeZone)));
      return new Schedule(expression);
    } catch (ParseException | DateTimeException | IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "'%s' in time zone '%s' cannot be read: %s".formatted(cron, timeZone, e.getMessage()), e);
    }
  }

  /** The first moment after this one, in whole seconds; empty when there is none any more. */
  public Optional<Instant> next(Instant after) {
    return Optional.ofNullable(expression.getNextValidTimeAfter(Date.from(lookFrom(after))))
        .map(Date::toInstant);
  }

  /**
   * Whether two of its moments lie closer together than this, on the first day that it has any, and
   * up to the same time of the next.
   *
   * @param pause minutes at least: a day is gone through by steps of it
   */
  boolean comesAgainWithin(Duration pause) {
    var first = next(SOME_WINTER);
    var end = first.map(moment -> moment.plus(Duration.ofDays(1)));
    for (var moment = first; moment.isPresent() && !moment.get().isAfter(end.orElseThrow()); ) {
      var following = next(moment.get());
      if (following.isPresent()
          && Duration.between(moment.get(), following.get()).compareTo(pause) < 0) {
        return true;
      }
      moment = following;
    }
    return false;
  }

  /**
   * Where the clock will be put back and show the present hour again, nothing comes before that
   * hour's second time; asked from within the first one, Quartz 2.5 would leave out both.
   */
  private Instant lookFrom(Instant after) {
    var putBack = expression.getTimeZone().toZoneId().getRules().nextTransition(after);
    if (putBack == null || !putBack.isOverlap()) {
      return after;
    }
    var firstTime = putBack.getInstant().plus(putBack.getDuration());
    return after.isBefore(firstTime) ? after : putBack.getInstant().minusSeconds(1);
  }

  CronExpression expression() {
    return expression;
  }
}

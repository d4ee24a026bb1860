package dev.heapwarden.operator.respond.guard;

import dev.heapwarden.crds.Durations;
import dev.heapwarden.crds.policy.MaintenanceWindow;
import dev.heapwarden.operator.respond.guard.Ruling.Cause;
import dev.heapwarden.operator.respond.guard.Ruling.Go;
import dev.heapwarden.operator.respond.guard.Ruling.Hold;
import java.text.ParseException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Date;
import java.util.List;
import java.util.TimeZone;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.quartz.CronExpression;

/**
 * Whether a level may be carried out now, as a pure function of time.
 *
 * <p>A window is open from the moment its schedule names, for its duration of elapsed time. On the
 * day on which daylight saving skips that moment it does not open.
 */
public final class MaintenanceWindows {
  /** Quartz 2.5 reads them, unchecked, as its own codes for ? and * (NO_SPEC_INT, ALL_SPEC_INT). */
  private static final Pattern QUARTZ_SPECIAL = Pattern.compile("\\b9[89]\\b");

  private MaintenanceWindows() {}

  /** Go where no window names the level. */
  public static Ruling ruling(@Nullable List<MaintenanceWindow> windows, int level, Instant now) {
    var relevant =
        windows == null
            ? List.<MaintenanceWindow>of()
            : windows.stream().filter(window -> levels(window).contains(level)).toList();
    if (relevant.isEmpty()) {
      return new Go();
    }
    Instant next = Instant.MAX;
    for (var window : relevant) {
      try {
        var schedule = schedule(window);
        if (isOpen(schedule, window, now)) {
          return new Go();
        }
        var opens = schedule.getNextValidTimeAfter(Date.from(now));
        if (opens != null && opens.toInstant().isBefore(next)) {
          next = opens.toInstant();
        }
      } catch (ParseException | DateTimeException | IllegalArgumentException e) {
        return new Hold(
            Cause.GUARD,
            "MaintenanceWindow: '%s' in time zone '%s' cannot be read: %s"
                .formatted(window.schedule(), window.timeZone(), e.getMessage()),
            Ruling.LONGEST);
      }
    }
    return next.equals(Instant.MAX)
        ? new Hold(Cause.GUARD, "MaintenanceWindow: none will ever open", Ruling.LONGEST)
        : Ruling.until(next, now, "MaintenanceWindow: the next one opens at " + next);
  }

  private static boolean isOpen(CronExpression schedule, MaintenanceWindow window, Instant now) {
    var start =
        schedule.getNextValidTimeAfter(Date.from(now.minus(Durations.parse(window.duration()))));
    return start != null && !start.toInstant().isAfter(now);
  }

  private static CronExpression schedule(MaintenanceWindow window) throws ParseException {
    if (QUARTZ_SPECIAL.matcher(window.schedule()).find()) {
      throw new ParseException("98 and 99 are values of no field", 0);
    }
    var schedule = new CronExpression(window.schedule());
    // ZoneId refuses an unknown zone; TimeZone alone would silently take GMT.
    schedule.setTimeZone(TimeZone.getTimeZone(ZoneId.of(window.timeZone())));
    return schedule;
  }

  private static List<Integer> levels(MaintenanceWindow window) {
    List<Integer> levels = window.levels();
    return levels == null ? List.of() : levels;
  }
}

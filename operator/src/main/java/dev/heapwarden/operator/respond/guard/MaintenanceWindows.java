package dev.heapwarden.operator.respond.guard;

import dev.heapwarden.crds.Durations;
import dev.heapwarden.crds.policy.MaintenanceWindow;
import dev.heapwarden.operator.respond.guard.Ruling.Cause;
import dev.heapwarden.operator.respond.guard.Ruling.Go;
import dev.heapwarden.operator.respond.guard.Ruling.Hold;
import dev.heapwarden.operator.schedule.Schedule;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Whether a level may be carried out now, as a pure function of time.
 *
 * <p>A window is open from the moment its schedule names, for its duration of elapsed time. On the
 * day on which daylight saving skips that moment it does not open.
 */
public final class MaintenanceWindows {
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
        var schedule = Schedule.of(window.schedule(), window.timeZone());
        if (isOpen(schedule, window, now)) {
          return new Go();
        }
        next = schedule.next(now).filter(next::isAfter).orElse(next);
      } catch (IllegalArgumentException e) {
        return new Hold(Cause.GUARD, "MaintenanceWindow: " + e.getMessage(), Ruling.LONGEST);
      }
    }
    return next.equals(Instant.MAX)
        ? new Hold(Cause.GUARD, "MaintenanceWindow: none will ever open", Ruling.LONGEST)
        : Ruling.until(next, now, "MaintenanceWindow: the next one opens at " + next);
  }

  private static boolean isOpen(Schedule schedule, MaintenanceWindow window, Instant now) {
    return schedule
        .next(now.minus(Durations.parse(window.duration())))
        .filter(start -> !start.isAfter(now))
        .isPresent();
  }

  private static List<Integer> levels(MaintenanceWindow window) {
    List<Integer> levels = window.levels();
    return levels == null ? List.of() : levels;
  }
}

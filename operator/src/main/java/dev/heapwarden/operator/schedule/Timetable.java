package dev.heapwarden.operator.schedule;

import dev.heapwarden.crds.policy.MemoryPolicySpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The schedules of a policy.
 *
 * @param unkept what is wrong with those that are not kept, each with its field
 */
public record Timetable(List<Entry> entries, List<String> unkept) {
  /** Between two health snapshots of a container at least: each may look for minutes. */
  static final Duration SHORTEST_PAUSE = Duration.ofMinutes(5);

  public Timetable {
    entries = List.copyOf(entries);
    unkept = List.copyOf(unkept);
  }

  /** What a moment of a schedule is for. */
  public enum Occasion {
    WINDOW_OPENS,
    HEALTH_SNAPSHOT
  }

  record Entry(Occasion occasion, Schedule schedule) {}

  public static Timetable of(MemoryPolicySpec spec) {
    var entries = new ArrayList<Entry>();
    var unkept = new ArrayList<String>();
    var windows = spec.respond().maintenanceWindows();
    for (int i = 0; i < windows.size(); i++) {
      var window = windows.get(i);
      try {
        var schedule = Schedule.of(window.schedule(), window.timeZone());
        entries.add(new Entry(Occasion.WINDOW_OPENS, schedule));
      } catch (IllegalArgumentException e) {
        unkept.add("respond.maintenanceWindows[%d]: %s".formatted(i, e.getMessage()));
      }
    }
    var health = spec.observe().healthSnapshots();
    if (health != null) {
      try {
        var schedule = Schedule.of(health.schedule(), health.timeZone());
        if (schedule.comesAgainWithin(SHORTEST_PAUSE)) {
          unkept.add(
              "observe.healthSnapshots: '%s' comes again within %d minutes: none are taken; let at least as much pass between two times"
                  .formatted(health.schedule(), SHORTEST_PAUSE.toMinutes()));
        } else {
          entries.add(new Entry(Occasion.HEALTH_SNAPSHOT, schedule));
        }
      } catch (IllegalArgumentException e) {
        unkept.add("observe.healthSnapshots: " + e.getMessage());
      }
    }
    return new Timetable(entries, unkept);
  }

  /** The first moment of this occasion after this one. */
  public Optional<Instant> next(Occasion occasion, Instant after) {
    return entries.stream()
        .filter(entry -> entry.occasion() == occasion)
        .flatMap(entry -> entry.schedule().next(after).stream())
        .min(Instant::compareTo);
  }
}

package dev.heapwarden.operator.incident;

import dev.heapwarden.crds.incident.LeakIncidentStatus;
import dev.heapwarden.crds.incident.LeakIncidentStatus.TimelineEntry;
import dev.heapwarden.operator.report.Reason;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;

/**
 * The lines of an incident's timeline. Everyone who appends does it here, so that it stays bounded.
 */
public final class Timeline {
  /** Characters of one message at most: forty lines stay far below the 100 KiB of an incident. */
  static final int MESSAGE_LIMIT = 600;

  private Timeline() {}

  /**
   * The timeline with one more line. When it is full the second line gives way: the first says how
   * it began.
   */
  public static List<TimelineEntry> append(
      List<TimelineEntry> timeline, Instant at, Reason reason, String message) {
    var lines = new ArrayList<>(timeline);
    while (lines.size() >= LeakIncidentStatus.TIMELINE_LIMIT) {
      lines.remove(1);
    }
    lines.add(
        new TimelineEntry(
            at.truncatedTo(ChronoUnit.SECONDS).toString(), reason.text(), bounded(message)));
    return List.copyOf(lines);
  }

  private static String bounded(String message) {
    return message.length() <= MESSAGE_LIMIT
        ? message
        : message.substring(0, MESSAGE_LIMIT - 3) + "...";
  }
}

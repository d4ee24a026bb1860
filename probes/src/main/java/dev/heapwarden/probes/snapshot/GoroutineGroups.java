package dev.heapwarden.probes.snapshot;

import dev.heapwarden.crds.snapshot.GoroutineReport;
import dev.heapwarden.crds.snapshot.GoroutineReport.Group;
import dev.heapwarden.crds.snapshot.GoroutineReport.Hang;
import dev.heapwarden.crds.snapshot.GoroutineReport.Place;
import dev.heapwarden.probes.go.Frame;
import dev.heapwarden.probes.gomemory.GoroutineGroup;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the status of a snapshot shows of a program's goroutines. */
final class GoroutineGroups {
  private GoroutineGroups() {}

  /**
   * The largest.
   *
   * @param groups all, most goroutines first
   */
  static GoroutineReport report(List<GoroutineGroup> groups) {
    var told = groups.stream().limit(GoroutineReport.GROUPS_LIMIT).map(GoroutineGroups::of);
    return new GoroutineReport(
        groups.stream().mapToLong(GoroutineGroup::goroutines).sum(),
        told.toList(),
        Math.max(0, groups.size() - GoroutineReport.GROUPS_LIMIT));
  }

  private static Group of(GoroutineGroup group) {
    var longest = group.tally().longest();
    return new Group(
        group.fingerprint(),
        group.goroutines(),
        group.state(),
        group.hang().map(GoroutineGroups::of).orElse(null),
        group.createdAt().map(GoroutineGroups::of).orElse(null),
        group.waitsIn().map(GoroutineGroups::of).orElse(null),
        longest.isZero() ? null : longest.toSeconds());
  }

  private static Hang of(GoroutineGroup.Hang hang) {
    return switch (hang) {
      case BLOCKED -> Hang.BLOCKED;
      case IDLE_LOOP -> Hang.IDLE_LOOP;
      case RETRY_LOOP -> Hang.RETRY_LOOP;
    };
  }

  private static Place of(Frame frame) {
    return new Place(frame.function(), locationOf(frame));
  }

  private static @Nullable String locationOf(Frame frame) {
    return frame.location().isEmpty() ? null : frame.location();
  }
}

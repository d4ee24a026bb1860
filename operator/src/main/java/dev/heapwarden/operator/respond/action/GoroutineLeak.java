package dev.heapwarden.operator.respond.action;

import dev.heapwarden.crds.snapshot.GoroutineReport;
import dev.heapwarden.crds.snapshot.GoroutineReport.Group;
import dev.heapwarden.crds.snapshot.GoroutineReport.Place;
import dev.heapwarden.crds.snapshot.MemorySnapshotStatus;
import java.util.Optional;

/**
 * Goroutines of a program whose number grows: the largest group that a go statement starts. One
 * snapshot does not show which group grew, so that this is only asked where their number did.
 *
 * @param group the largest
 * @param createdAt its go statement
 */
record GoroutineLeak(Group group, Place createdAt) {
  /** Empty where nobody told where they come from. */
  static Optional<GoroutineLeak> in(MemorySnapshotStatus status) {
    return Optional.ofNullable(status.goroutines()).map(GoroutineReport::groups).stream()
        .flatMap(groups -> groups.stream())
        .flatMap(
            group ->
                Optional.ofNullable(group.createdAt())
                    .map(place -> new GoroutineLeak(group, place))
                    .stream())
        .findFirst();
  }

  /** Function with the go statement. */
  String site() {
    return createdAt.function();
  }

  /**
   * Such as {@code most goroutines: 4210 in state chan receive in main.work (main.go:30), created
   * by main.handle (main.go:42)}.
   */
  String sentence() {
    var waitsIn = group.waitsIn();
    return "most goroutines: %d in state %s%s, created by %s"
        .formatted(
            group.goroutines(), group.state(), waitsIn == null ? "" : " in " + waitsIn, createdAt);
  }
}

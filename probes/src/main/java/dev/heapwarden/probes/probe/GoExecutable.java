package dev.heapwarden.probes.probe;

import dev.heapwarden.probes.cost.Cause;
import dev.heapwarden.probes.go.GoBinary;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A Go program.
 *
 * @param path through the root of a process that runs it
 * @param leftOut probes that are too much for it
 */
record GoExecutable(Path path, GoBinary binary, Set<Cause> leftOut) implements ProbedFile {
  GoExecutable {
    leftOut = Set.copyOf(leftOut);
  }

  GoExecutable(Path path, GoBinary binary) {
    this(path, binary, Set.of());
  }

  @Override
  public GoExecutable forBoth(ProbedFile other) {
    return new GoExecutable(
        path,
        binary,
        leftOut.stream().filter(other.leftOut()::contains).collect(Collectors.toSet()));
  }

  @Override
  public int probes() {
    return (tellsCollections() ? 1 : 0)
        + (tellsMarkTermination() ? 2 : 0)
        + (tellsGrowth() ? 1 : 0);
  }

  @Override
  public Set<String> hits() {
    var maps = new HashSet<String>();
    if (tellsCollections()) {
      maps.add("@gc");
    }
    if (tellsMarkTermination()) {
      maps.add("@stw");
    }
    if (tellsGrowth()) {
      maps.add("@grown");
    }
    return maps;
  }

  @Override
  public long cost(Cause cause) {
    return switch (cause) {
      case GO_GC -> Uprobe.cost(binary, GoBinary.GC);
      case GO_MARK_TERMINATION ->
          Math.max(
              Uprobe.cost(binary, GoBinary.STOP_WORLD), Uprobe.cost(binary, GoBinary.START_WORLD));
      case GO_MAP_GROWTH -> Uprobe.cost(binary, growth());
      default -> throw new IllegalArgumentException(cause.name());
    };
  }

  /** A mark termination is timed only where collections are watched. */
  @Override
  public boolean isSpared() {
    return leftOut.contains(Cause.GO_GC) && leftOut.contains(Cause.GO_MAP_GROWTH);
  }

  /** Whether its collections are watched. */
  boolean tellsCollections() {
    return !leftOut.contains(Cause.GO_GC) && binary.missing(GoBinary.GC).isEmpty();
  }

  /** Whether the mark termination of its collections is timed. */
  boolean tellsMarkTermination() {
    return tellsCollections()
        && !leftOut.contains(Cause.GO_MARK_TERMINATION)
        && binary.missing(GoBinary.STOP_WORLD).isEmpty()
        && binary.missing(GoBinary.START_WORLD).isEmpty();
  }

  /** Whether the growth of its maps is watched. */
  boolean tellsGrowth() {
    return !leftOut.contains(Cause.GO_MAP_GROWTH) && binary.missing(growth()).isEmpty();
  }

  /** Whether that is the growth of large maps alone. */
  boolean tellsLargeGrowthOnly() {
    return tellsGrowth()
        && leftOut.contains(Cause.GO_SMALL_MAPS)
        && binary.growthOfLarge().isPresent();
  }

  /** The function that is watched for it. */
  String growth() {
    return leftOut.contains(Cause.GO_SMALL_MAPS)
        ? binary.growthOfLarge().orElseGet(binary::growth)
        : binary.growth();
  }
}

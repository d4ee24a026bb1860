package dev.heapwarden.probes.snapshot;

import dev.heapwarden.probes.gomemory.MapReading;
import dev.heapwarden.probes.sample.GrownMap;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What maps cost though they are no leak, and what to do about it. */
final class MapAdvice {
  /** Below it the tables are kilobytes, and growing takes no time. */
  private static final long SMALLEST_ROOM = 1024;

  /** Fewer may be the start of a program, or chance. */
  private static final long FEWEST_LIVES = 10;

  /** Some milliseconds of a CPU in each second: each entry is moved about twice. */
  private static final double ENTRIES_PER_SECOND = 10_000;

  private static final double MIB = 1 << 20;

  private MapAdvice() {}

  /** Sentences; those on maps that keep the most room come first. */
  static List<String> of(List<QuietMap> quiet, List<GrownMap> grown) {
    return Stream.concat(
            quiet.stream().map(MapAdvice::emptied),
            byPlace(grown).values().stream().map(MapAdvice::storm))
        .flatMap(Optional::stream)
        .toList();
  }

  private static Optional<String> emptied(QuietMap map) {
    return map.table() instanceof MapReading.Told told && told.emptied()
        ? Optional.of(
            String.format(
                Locale.ROOT,
                "%s is an emptied map that is kept: %d entries in room for %d, which nobody wrote"
                    + " in the window. Its tables hold %.1f MiB and never shrink: make a new map"
                    + " where it is emptied.",
                described(map.type(), map.site(), map.location()),
                told.entries(),
                told.capacity(),
                told.tableBytes() / MIB))
        : Optional.empty();
  }

  /** Where maps are built. */
  private record Place(String type, String site, String location) {
    static Place of(GrownMap grown) {
      var map = grown.map();
      return new Place(map.type(), map.site(), map.location());
    }
  }

  private static Map<Place, List<GrownMap>> byPlace(List<GrownMap> grown) {
    return grown.stream()
        .filter(map -> !map.map().site().isEmpty())
        .collect(Collectors.groupingBy(Place::of, LinkedHashMap::new, Collectors.toList()));
  }

  /** Maps of one place that grow from nothing again and again. */
  private static Optional<String> storm(List<GrownMap> maps) {
    long lives = maps.stream().mapToLong(GrownMap::lives).sum();
    long most = maps.stream().mapToLong(map -> map.last().entries()).max().orElse(0);
    long begun = maps.stream().mapToLong(GrownMap::begun).min().orElse(0);
    long last = maps.stream().mapToLong(map -> map.last().nanos()).max().orElse(0);
    double seconds = (last - begun) / 1e9;
    if (most < SMALLEST_ROOM
        || lives < FEWEST_LIVES
        || lives * (double) most < ENTRIES_PER_SECOND * seconds) {
      return Optional.empty();
    }
    var map = maps.getFirst().map();
    return Optional.of(
        "%s was built %d times within %s, up to %d entries: a storm of growth, and no leak. %s"
            .formatted(
                described(map.type(), map.site(), map.location()),
                lives,
                Duration.ofSeconds(Math.round(seconds))
                    .toString()
                    .substring(2)
                    .toLowerCase(Locale.ROOT),
                most,
                hint(map.type(), most)));
  }

  private static String hint(String type, long entries) {
    return "make(%s, %d) gives it its room at once."
        .formatted(type.isEmpty() ? "map[...]..." : type, entries);
  }

  /** Such as {@code map[string]*main.session at main.handle (main.go:42)}. */
  private static String described(String type, String site, String location) {
    return (type.isEmpty() ? "A map" : type)
        + (site.isEmpty() ? "" : " at " + site)
        + (location.isEmpty() ? "" : " (" + location + ")");
  }
}

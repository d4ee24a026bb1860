package dev.heapwarden.probes.gomemory;

import dev.heapwarden.probes.go.GoVersion;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.Set;

/**
 * Where fields of the runtime's structs lie, in bytes from their start, in the releases of one
 * minor version on 64-bit machines. The table is layouts.txt.
 */
final class GoLayout {
  private static final String ABSENT = "-";

  /** Experiments of a build that change none of these structs. */
  private static final Set<String> HARMLESS = Set.of("noswissmap", "boringcrypto", "jsonv2");

  private final Map<String, Integer> offsets;

  private GoLayout(Map<String, Integer> offsets) {
    this.offsets = offsets;
  }

  /**
   * The layout of a release.
   *
   * @param version as the binary names it, such as go1.26.8
   * @throws UnreadableProgramException when it is none that was checked
   */
  static GoLayout of(String version) throws UnreadableProgramException {
    var release = GoVersion.parse(version);
    if (release.isEmpty() || !release.get().supported()) {
      throw new UnreadableProgramException(
          "the memory layout of %s is not known, those of Go 1.%d to 1.%d are"
              .formatted(version, GoVersion.OLDEST_MINOR, GoVersion.NEWEST_MINOR));
    }
    if (version.matches("go1\\.[0-9]+(rc|beta).*")) {
      throw new UnreadableProgramException(
          "the memory layout of %s is not known, only those of releases are".formatted(version));
    }
    int experiments = version.indexOf("X:");
    if (experiments >= 0) {
      for (var experiment : version.substring(experiments + 2).split("[ ,]", -1)) {
        if (!HARMLESS.contains(experiment)) {
          throw new UnreadableProgramException(
              "the memory layout of %s is not known: built with an experiment".formatted(version));
        }
      }
    }
    return table(release.get());
  }

  /** Where a field lies that each release has. */
  int at(String field) {
    return Objects.requireNonNull(offsets.get(field), field);
  }

  /** Where a field lies; empty when this release has none. */
  OptionalInt find(String field) {
    var offset = offsets.get(field);
    return offset == null ? OptionalInt.empty() : OptionalInt.of(offset);
  }

  /** All that the table says of one minor version. */
  Map<String, Integer> offsets() {
    return offsets;
  }

  private static GoLayout table(GoVersion release) {
    try (var lines =
        new BufferedReader(
            new InputStreamReader(
                Objects.requireNonNull(GoLayout.class.getResourceAsStream("layouts.txt")),
                StandardCharsets.UTF_8))) {
      var rows =
          lines
              .lines()
              .filter(line -> !line.isBlank() && !line.startsWith("#"))
              .map(line -> Arrays.asList(line.split(" +", -1)))
              .toList();
      int column = rows.getFirst().indexOf("1." + release.minor());
      var offsets = column(rows.subList(1, rows.size()), column);
      if (!release.swissMaps()) {
        // Nothing says where such a build of a later release keeps its maps.
        offsets.keySet().removeIf(field -> field.startsWith(SwissMaps.MAP));
      }
      return new GoLayout(Map.copyOf(offsets));
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
  }

  private static Map<String, Integer> column(List<List<String>> rows, int column) {
    var offsets = new HashMap<String, Integer>();
    for (var row : rows) {
      if (!row.get(column).equals(ABSENT)) {
        offsets.put(row.getFirst(), Integer.valueOf(row.get(column)));
      }
    }
    return offsets;
  }
}

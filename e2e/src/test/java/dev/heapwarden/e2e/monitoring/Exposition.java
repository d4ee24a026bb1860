package dev.heapwarden.e2e.monitoring;

import java.util.ArrayList;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A page in Prometheus' text format, read for its metric families. */
final class Exposition {
  private static final Pattern HEADER = Pattern.compile("# (HELP|TYPE) (\\S+) (.*)");
  private static final Pattern SAMPLE = Pattern.compile("([a-z_:]+)(?:\\{(.*)})? \\S+");
  private static final Pattern LABEL = Pattern.compile("([a-z_]+)=\"((?:[^\"\\\\]|\\\\.)*)\",?");

  /**
   * A family.
   *
   * @param values of its samples' labels
   * @param series names of its samples: of a summary there are several
   */
  record Family(
      String name,
      String type,
      String help,
      SortedMap<String, SortedSet<String>> values,
      SortedSet<String> series) {
    Set<String> labels() {
      return values.keySet();
    }

    /** The base unit that the name says; empty for a count. */
    String unit() {
      var base = name.endsWith("_total") ? name.substring(0, name.length() - 6) : name;
      if (base.endsWith("_bytes_per_second")) {
        return "bytes per second";
      }
      return base.endsWith("_bytes")
          ? "bytes"
          : base.endsWith("_seconds") || base.endsWith("_seconds_max") ? "seconds" : "";
    }
  }

  private Exposition() {}

  static SortedMap<String, Family> families(String text) {
    var families = new TreeMap<String, Family>();
    var help = new TreeMap<String, String>();
    var current = new ArrayList<Family>();
    for (var line : text.lines().toList()) {
      var header = HEADER.matcher(line);
      if (header.matches()) {
        if (header.group(1).equals("HELP")) {
          help.put(header.group(2), header.group(3));
        } else {
          var name = header.group(2);
          var family =
              new Family(
                  name,
                  header.group(3),
                  help.getOrDefault(name, ""),
                  new TreeMap<>(),
                  new TreeSet<>());
          families.put(name, family);
          current.add(family);
        }
        continue;
      }
      var sample = SAMPLE.matcher(line);
      if (!sample.matches() || current.isEmpty()) {
        throw new IllegalArgumentException("no sample of a family: " + line);
      }
      var family = current.getLast();
      family.series().add(sample.group(1));
      take(sample.group(2), family.values());
    }
    return families;
  }

  private static void take(@Nullable String labels, Map<String, SortedSet<String>> values) {
    if (labels != null) {
      LABEL
          .matcher(labels)
          .results()
          .forEach(
              label ->
                  values.computeIfAbsent(label.group(1), _ -> new TreeSet<>()).add(label.group(2)));
    }
  }
}

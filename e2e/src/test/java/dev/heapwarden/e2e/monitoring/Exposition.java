package dev.heapwarden.e2e.monitoring;

import java.util.ArrayList;
import java.util.List;
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
  private static final Pattern LABEL = Pattern.compile("([a-z_]+)=\"(?:[^\"\\\\]|\\\\.)*\",?");

  /**
   * A family.
   *
   * @param labels of its samples
   * @param series names of its samples: of a summary there are several
   */
  record Family(
      String name, String type, String help, SortedSet<String> labels, SortedSet<String> series) {
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
                  new TreeSet<>(),
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
      family.labels().addAll(labels(sample.group(2)));
    }
    return families;
  }

  private static List<String> labels(@Nullable String text) {
    return text == null
        ? List.of()
        : LABEL.matcher(text).results().map(label -> label.group(1)).toList();
  }
}

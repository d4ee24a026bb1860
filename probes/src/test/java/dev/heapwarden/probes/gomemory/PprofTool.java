package dev.heapwarden.probes.gomemory;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** What {@code go tool pprof} makes of a profile. */
public final class PprofTool {
  private static final Pattern FINGERPRINT = Pattern.compile(" *fingerprint:\\[[0-9a-f]{16}\\]");
  private static final Pattern SAMPLE = Pattern.compile(" *([0-9 ]+): ([0-9 ]*)");
  private static final Pattern LOCATION = Pattern.compile(" *([0-9]+): 0x[0-9a-f]+ M=1 (\\S+).*");

  /** A line below its location: what that call was inlined into. */
  private static final Pattern INLINED_INTO = Pattern.compile(" {6,}(\\S+) \\S+:[0-9]+.*");

  private final String raw;

  private PprofTool(String raw) {
    this.raw = raw;
  }

  public static PprofTool open(Path profile) throws IOException, InterruptedException {
    return new PprofTool(run("-raw", profile));
  }

  static String run(String option, Path profile) throws IOException, InterruptedException {
    var process =
        new ProcessBuilder("go", "tool", "pprof", "-symbolize=none", option, profile.toString())
            .redirectErrorStream(true)
            .start();
    try (var output = process.inputReader()) {
      var text = output.readAllAsString();
      assertThat(process.waitFor()).as(text).isZero();
      return text;
    }
  }

  String raw() {
    return raw;
  }

  /** Sums of the samples' numbers, by the functions of their stacks, innermost first. */
  public Map<String, List<Long>> byStack() {
    var functions = new HashMap<String, String>();
    var locations = raw.substring(raw.indexOf("\nLocations"));
    var last = "";
    for (var line : locations.split("\n", -1)) {
      var location = LOCATION.matcher(line);
      var outer = INLINED_INTO.matcher(line);
      if (location.matches()) {
        last = location.group(1);
        functions.put(last, location.group(2));
      } else if (outer.matches()) {
        functions.merge(last, outer.group(1), (inner, function) -> inner + " < " + function);
      }
    }
    var sums = new TreeMap<String, List<Long>>();
    raw.substring(0, raw.indexOf("\nLocations"))
        .lines()
        .map(SAMPLE::matcher)
        .filter(Matcher::matches)
        .forEach(
            sample ->
                sums.merge(
                    Arrays.stream(sample.group(2).strip().split(" +", -1))
                        .map(id -> functions.getOrDefault(id, "?"))
                        .collect(Collectors.joining(" < ")),
                    Arrays.stream(sample.group(1).strip().split(" +", -1))
                        .map(Long::valueOf)
                        .toList(),
                    PprofTool::sum));
    return sums;
  }

  /** Sums of the samples' first numbers, by their labels but the fingerprint, as it prints them. */
  Map<String, Long> byLabels() {
    var sums = new TreeMap<String, Long>();
    long count = 0;
    var labels = "";
    for (var line : raw.substring(0, raw.indexOf("\nLocations")).split("\n", -1)) {
      var sample = SAMPLE.matcher(line);
      if (sample.matches()) {
        sums.merge(labels, count, Long::sum);
        count = Long.parseLong(sample.group(1).strip().split(" +", -1)[0]);
        labels = "";
      } else if (line.startsWith("   ")) {
        labels = (labels + " " + FINGERPRINT.matcher(line).replaceFirst("").strip()).strip();
      }
    }
    sums.merge(labels, count, Long::sum);
    return sums;
  }

  private static List<Long> sum(List<Long> one, List<Long> other) {
    var sum = new ArrayList<Long>();
    for (int i = 0; i < one.size(); i++) {
      sum.add(one.get(i) + other.get(i));
    }
    return sum;
  }
}

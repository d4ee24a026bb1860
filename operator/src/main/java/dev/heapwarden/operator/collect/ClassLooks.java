package dev.heapwarden.operator.collect;

import dev.heapwarden.detection.sample.JavaClass;
import dev.heapwarden.detection.sample.Sample;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The counts of a JVM's classes as the agent tells them: look after look, and in each three counts
 * of all its classes. Detection reads a look as three counts, so it is kept whole or given up.
 */
final class ClassLooks {
  /** Counts of each class in one look. */
  private static final int COUNTS = 3;

  private ClassLooks() {}

  /** The array of a class has its average size in its subject, which changes from look to look. */
  private record Counted(long pid, String name) {}

  /** Gives up every second look of the older half. */
  static List<Sample> thinned(List<Sample> samples) {
    var looks = looks(samples);
    int half = looks.size() / 2;
    return IntStream.range(0, looks.size())
        .filter(look -> look >= half || look % 2 == 0)
        .mapToObj(looks::get)
        .flatMap(List::stream)
        .toList();
  }

  /** A class that was counted often enough already is counted in the next look. */
  private static List<List<Sample>> looks(List<Sample> samples) {
    var looks = new ArrayList<List<Sample>>();
    looks.add(new ArrayList<>());
    var counts = new HashMap<Counted, Integer>();
    for (var sample : samples) {
      if (sample.subject() instanceof JavaClass found) {
        var counted = new Counted(found.pid(), found.name());
        if (counts.getOrDefault(counted, 0) == COUNTS) {
          counts.clear();
          looks.add(new ArrayList<>());
        }
        counts.merge(counted, 1, Integer::sum);
      }
      looks.getLast().add(sample);
    }
    return looks;
  }
}

package dev.heapwarden.probes.sample;

import dev.heapwarden.detection.sample.JavaClass;
import dev.heapwarden.probes.jvm.ClassHistogram.Count;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedSet;

/**
 * Which classes of a JVM are told: those of the application that gained most bytes, and those told
 * before, so that the operator sees them stop as well.
 */
final class ClassLedger {
  private static final int FASTEST = 20;
  private static final int TOLD = 100;
  private static final Count NONE = new Count(0, 0, false);

  private final SequencedSet<String> told = new LinkedHashSet<>();

  /** A count of one class. */
  record Told(JavaClass javaClass, ClassCount count, long instances) {}

  /** What to tell of the counts of one look, in their order. */
  List<Told> of(long pid, List<ClassCount> counts) {
    var first = counts.getFirst().histogram().classes();
    var last = counts.getLast().histogram().classes();
    last.entrySet().stream()
        .filter(entry -> !entry.getValue().platform())
        .sorted(
            Comparator.comparingLong(
                    (Map.Entry<String, Count> entry) ->
                        entry.getValue().bytes() - first.getOrDefault(entry.getKey(), NONE).bytes())
                .reversed())
        .limit(FASTEST)
        .map(Map.Entry::getKey)
        .filter(name -> bytes(last, name) > bytes(first, name))
        .forEach(this::tell);
    return counts.stream()
        .flatMap(count -> told.stream().map(name -> told(pid, name, last, count)))
        .toList();
  }

  /** The one that was told first makes room. */
  private void tell(String name) {
    if (told.size() >= TOLD && !told.contains(name)) {
      told.removeFirst();
    }
    told.add(name);
  }

  private static long bytes(Map<String, Count> classes, String name) {
    return classes.getOrDefault(name, NONE).bytes();
  }

  private static Told told(long pid, String name, Map<String, Count> last, ClassCount count) {
    var size = last.getOrDefault(name, NONE);
    return new Told(
        new JavaClass(pid, name, size.bytes() / Math.max(size.instances(), 1)),
        count,
        count.histogram().classes().getOrDefault(name, NONE).instances());
  }
}

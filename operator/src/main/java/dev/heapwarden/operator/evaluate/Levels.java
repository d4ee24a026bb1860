package dev.heapwarden.operator.evaluate;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The levels of response that this installation has the permissions for: 1 diagnose, 2 isolate, 3
 * intervene.
 */
public record Levels(SortedSet<Integer> installed) {
  private static final List<Integer> KNOWN = List.of(1, 2, 3);

  /**
   * Some of 1 to 3.
   *
   * @throws IllegalArgumentException when one is unknown, or 1 is missing: without evidence nothing
   *     is done
   */
  public Levels {
    if (!KNOWN.containsAll(installed) || !installed.contains(1)) {
      throw new IllegalArgumentException(
          "levels must be 1 and any of 2 and 3, found " + text(installed));
    }
    installed = Collections.unmodifiableSortedSet(new TreeSet<>(installed));
  }

  /**
   * Reads a list such as {@code 1,2,3}.
   *
   * @throws IllegalArgumentException when it is none, or not of levels
   */
  public static Levels parse(String text) {
    return new Levels(
        Arrays.stream(text.split(",", -1))
            .map(String::trim)
            .map(Integer::valueOf)
            .collect(Collectors.toCollection(TreeSet::new)));
  }

  public boolean include(int level) {
    return installed.contains(level);
  }

  /** Those up to a policy's {@code maxLevel} that are not installed. */
  List<Integer> missing(int maxLevel) {
    return IntStream.rangeClosed(1, maxLevel).filter(level -> !include(level)).boxed().toList();
  }

  /** For people: {@code 1, 2}. */
  @Override
  public String toString() {
    return text(installed);
  }

  private static String text(SortedSet<Integer> levels) {
    return levels.stream().map(Object::toString).collect(Collectors.joining(", "));
  }
}

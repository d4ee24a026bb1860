package dev.heapwarden.operator.respond.action;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The fewest labels whose change takes a pod out of every selector that must let it go. Fewest,
 * because each label may also tie the pod to things that should keep it: a disruption budget, a
 * network policy, a dashboard.
 */
final class QuarantineLabels {
  private static final String SUFFIX = "heapwarden-quarantine";

  /** Length of a label's value at most (apimachinery validation.LabelValueMaxLength). */
  private static final int VALUE_LIMIT = 63;

  private QuarantineLabels() {}

  /**
   * A smallest set of keys that has at least one of each selector's; of several the first in
   * alphabetical order. Exact: it tries every choice of one key, then of two, and so on.
   *
   * @param selectors keys of each selector, any of which breaks it when changed
   * @return empty when a selector has no such key
   */
  static Optional<NavigableSet<String>> fewestKeys(List<Set<String>> selectors) {
    for (int size = 0; size <= selectors.size(); size++) {
      var found = new ArrayList<NavigableSet<String>>();
      choose(selectors, new TreeSet<>(), size, found);
      var best = found.stream().min((a, b) -> String.join("\0", a).compareTo(String.join("\0", b)));
      if (best.isPresent()) {
        return best;
      }
    }
    return Optional.empty();
  }

  private static void choose(
      List<Set<String>> selectors,
      NavigableSet<String> chosen,
      int left,
      List<NavigableSet<String>> found) {
    var open = selectors.stream().filter(keys -> keys.stream().noneMatch(chosen::contains));
    var first = open.findFirst();
    if (first.isEmpty()) {
      found.add(new TreeSet<>(chosen));
      return;
    }
    if (left == 0) {
      return;
    }
    for (var key : first.get()) {
      chosen.add(key);
      choose(selectors, chosen, left - 1, found);
      chosen.remove(key);
    }
  }

  /** A valid label value that says what it was and that nobody selects. */
  static String quarantined(String value) {
    int keep = Math.min(value.length(), VALUE_LIMIT - SUFFIX.length() - 1);
    var head = value.substring(0, keep).replaceAll("[^A-Za-z0-9]+$", "");
    return head.isEmpty() ? SUFFIX : head + "." + SUFFIX;
  }

  /** The labels with these keys changed. */
  static Map<String, String> changed(Map<String, String> labels, Set<String> keys) {
    var changed = new TreeMap<>(labels);
    keys.forEach(key -> changed.computeIfPresent(key, (k, value) -> quarantined(value)));
    return changed;
  }
}

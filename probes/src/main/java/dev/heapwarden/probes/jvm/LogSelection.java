package dev.heapwarden.probes.jvm;

import java.util.List;
import java.util.Set;

/**
 * Messages that a JVM logs: -Xlog's what of java(1).
 *
 * @param tags of the messages; empty with others for all messages
 * @param others whether messages with further tags are meant too
 * @param level how detailed, 0 for none at all
 */
record LogSelection(Set<String> tags, boolean others, int level) {
  private static final List<String> LEVELS =
      List.of("off", "error", "warning", "info", "debug", "trace");

  /** Those of the allow-list that come with others too (JDK 17 and 25). */
  private static final Set<String> ACCOMPANIED =
      Set.of("gc", "safepoint", "stringdedup", "metaspace");

  LogSelection {
    tags = Set.copyOf(tags);
  }

  /** Reads one, such as gc+heap*=debug; without a level info is meant. */
  static LogSelection of(String text) {
    var parts = text.split("=", 2);
    boolean others = parts[0].endsWith("*");
    var names = others ? parts[0].substring(0, parts[0].length() - 1) : parts[0];
    int level = LEVELS.indexOf(parts.length < 2 ? "info" : parts[1]);
    return names.equals("all")
        ? new LogSelection(Set.of(), true, level)
        : new LogSelection(Set.copyOf(List.of(names.split("[+]", -1))), others, level);
  }

  /**
   * Whether all its messages are logged.
   *
   * @param selections what a JVM logs: where two speak of a message, the later counts. Of two that
   *     have only some messages in common this cannot be told, and these are left out.
   */
  boolean isIn(List<LogSelection> selections) {
    boolean in = false;
    for (var selection : selections) {
      if (selection.contains(this)) {
        in = selection.level >= level;
      } else if (contains(selection)) {
        in &= selection.level >= level;
      }
    }
    return in;
  }

  /** The JVM prints no star after tags that never come with others, such as trimnative. */
  private boolean contains(LogSelection other) {
    return others
        ? other.tags.containsAll(tags)
        : other.tags.equals(tags) && !(other.others && ACCOMPANIED.containsAll(tags));
  }
}

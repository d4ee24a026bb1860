package dev.heapwarden.probes.jvm;

import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * What GC.finalizer_info printed (JDK 17 and 25, src/hotspot/share/services/diagnosticCommand.cpp):
 * instances and a class name, of objects that nothing refers to any more and whose finalizer did
 * not run yet. Not those that are still in use.
 */
public final class FinalizerQueue {
  private static final Pattern LINE = Pattern.compile("\\s*(\\d{1,14})\\s+(\\S+)\\s*");

  /** Names are read no further than this; the most instances come first. */
  private static final int CLASSES = 1000;

  private FinalizerQueue() {}

  /** Numbers by class; what is no line of the table is skipped. */
  public static Map<String, Long> read(String answer) {
    var waiting = new HashMap<String, Long>();
    answer
        .lines()
        .map(LINE::matcher)
        .filter(matcher -> matcher.matches())
        .limit(CLASSES)
        .forEach(
            matcher -> waiting.merge(matcher.group(2), Long.valueOf(matcher.group(1)), Long::sum));
    return Map.copyOf(waiting);
  }
}

package dev.heapwarden.crds.policy;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * The JVM options that a policy may set: an allow-list. None of them loads code, runs a command,
 * names a file, or carries more than one option; none needs another one to unlock it.
 */
public final class JvmOptions {
  /** Longest option, and most of them. */
  public static final int LENGTH = 96;

  public static final int COUNT = 16;

  private static final String SIZE = "[1-9][0-9]{0,11}[kKmMgG]?";
  private static final String NUMBER = "[1-9][0-9]{0,6}";
  private static final String PERCENT = "([1-9][0-9]?|100)";

  /** Whole, and with the two forms that the JVM takes for the heap. */
  private static final String SIZES =
      "-Xmx|-XX:(MaxHeapSize" // the largest heap
          + "|SoftMaxHeapSize" // what the collector tries to keep the heap below
          + "|MaxMetaspaceSize" // metadata of classes
          + "|MaxDirectMemorySize" // direct byte buffers
          + ")=";

  private static final String NUMBERS =
      "-XX:(MaxGCPauseMillis" // the pause that the collector aims at, milliseconds
          + "|G1PeriodicGCInterval" // idle time after which G1 collects, milliseconds
          + "|TrimNativeHeapInterval" // how often malloc's free memory is given back, milliseconds
          + "|GCTimeRatio" // time for the program to time for collections
          + ")=";

  private static final String PERCENTAGES =
      "-XX:(MaxRAMPercentage" // the largest heap, of the container's limit
          + "|InitiatingHeapOccupancyPercent" // occupancy at which G1 begins to mark
          + "|MinHeapFreeRatio|MaxHeapFreeRatio" // free heap kept after a collection
          + ")=";

  private static final String OTHERS =
      "-XX:G1HeapRegionSize=(1|2|4|8|16|32)[mM]" // JDK 17 stops at other sizes
          + "|-XX:[+]Use(Serial|Parallel|G1|Z|Shenandoah)GC" // the collector
          + "|-XX:[+-]UseStringDeduplication" // equal strings share their characters
          + "|-XX:NativeMemoryTracking=(off|summary)"; // what the JVM itself allocates

  /** To standard output, never to a file. */
  private static final String LOGGING =
      "-Xlog:(gc|safepoint|stringdedup|metaspace|trimnative)([+][a-z]{2,20}){0,3}[*]?"
          + "(=(info|debug))?(:stdout)?";

  /** The whole table. RE2 of CEL and Java read it alike. */
  static final String ALLOWED =
      "^(("
          + (SIZES + ")" + SIZE)
          + ("|(" + NUMBERS + ")" + NUMBER)
          + ("|(" + PERCENTAGES + ")" + PERCENT)
          + ("|" + OTHERS + "|" + LOGGING + ")$");

  /** CEL: JDK 17 and 25 do not start with it, and it has a message of its own. */
  private static final String PRINTS_STATISTICS =
      "o.contains('PrintStringDeduplicationStatistics')";

  /** CEL for a list of options. */
  static final String VALID =
      "self.all(o, " + PRINTS_STATISTICS + " || o.matches('" + ALLOWED + "'))";

  static final String MESSAGE =
      "JVM option off the allow-list: -Xmx, -XX: of MaxHeapSize, SoftMaxHeapSize, MaxMetaspaceSize,"
          + " MaxDirectMemorySize, MaxRAMPercentage, MaxGCPauseMillis, GCTimeRatio,"
          + " InitiatingHeapOccupancyPercent, G1HeapRegionSize (1m to 32m), G1PeriodicGCInterval,"
          + " MinHeapFreeRatio, MaxHeapFreeRatio, TrimNativeHeapInterval, +Use...GC,"
          + " UseStringDeduplication and NativeMemoryTracking=summary; -Xlog: of gc, safepoint,"
          + " stringdedup, metaspace and trimnative to stdout";

  static final String NO_PRINT_STATISTICS = "!self.exists(o, " + PRINTS_STATISTICS + ")";

  static final String PRINT_STATISTICS_MESSAGE =
      "no JVM since JDK 9 starts with PrintStringDeduplicationStatistics: set"
          + " stringDeduplicationStatistics, which is -XX:+UseStringDeduplication"
          + " -Xlog:stringdedup*=debug";

  /** CEL: the JVM does not start with two. */
  static final String ONE_COLLECTOR =
      "self.filter(o, o.startsWith('-XX:+Use') && o.endsWith('GC')).size() <= 1";

  static final String ONE_COLLECTOR_MESSAGE = "a JVM has one collector";

  private static final List<String> STATISTICS =
      List.of("-XX:+UseStringDeduplication", "-Xlog:stringdedup*=debug");

  /** Most options that settings can amount to. */
  public static final int MOST = COUNT + 2;

  private static final Pattern PATTERN = Pattern.compile(ALLOWED);

  private JvmOptions() {}

  public static boolean isAllowed(String option) {
    return option.length() <= LENGTH && PATTERN.matcher(option).matches();
  }

  /** All options of the settings, each once, in their order. */
  public static List<String> of(JvmSettings settings) {
    var options = new ArrayList<>(settings.options());
    if (settings.stringDeduplicationStatistics()) {
      options.addAll(STATISTICS);
    }
    return options.stream().distinct().toList();
  }
}

package dev.heapwarden.probes.gclog;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A line of a JVM's unified logging that tells a figure of its collections. Forms as in JDK 17, 21
 * and 25, src/hotspot/share/gc: shared/gcTraceTime.cpp (pauses), shared/gcInitLogger.cpp,
 * memory/metaspaceUtils.cpp, g1/g1HeapTransition.cpp, serial/serialHeap.cpp,
 * parallel/parallelScavengeHeap.cpp, z/zStat.cpp, z/zDriver.cpp and shenandoah/shenandoahUtils.cpp.
 */
sealed interface JvmLogLine {
  /** Says which collector it is. */
  record Using(String collector) implements JvmLogLine {}

  /** The most that the heap may hold, in bytes. */
  record Limit(long bytes) implements JvmLogLine {}

  /** Size of a region of the heap, in bytes. */
  record RegionSize(long bytes) implements JvmLogLine {}

  /**
   * The program stood still.
   *
   * @param what such as Pause Young (Normal) (G1 Evacuation Pause)
   * @param after bytes in the heap, -1 where it is not told
   */
  record Pause(long gc, String what, double seconds, long after) implements JvmLogLine {}

  /**
   * A collection ended that the program did not stand still for.
   *
   * @param after bytes in the heap
   */
  record Cycle(long gc, String what, long after) implements JvmLogLine {}

  /** Bytes in the old generation after a collection; without generations those found live. */
  record Old(long gc, long bytes) implements JvmLogLine {}

  /** Regions of survivors after a collection. */
  record Survivors(long gc, long regions) implements JvmLogLine {}

  /** Bytes in the metaspace after a collection. */
  record Metaspace(long bytes) implements JvmLogLine {}

  /** Is the JVM's of a collection, and tells nothing that is known. */
  record Unknown() implements JvmLogLine {}

  /**
   * Reads one; empty where it is of something else.
   *
   * @param line with or without decorations
   */
  static Optional<JvmLogLine> parse(String line) {
    int message = message(line);
    return line.startsWith("GC(", message)
        ? Optional.of(Forms.ofCollection(line.substring(message)))
        : Forms.ofStart(line.substring(message));
  }

  /** Where the message begins, behind decorations such as {@code [0.123s][info][gc,heap ] }. */
  private static int message(String line) {
    int at = 0;
    while (at < line.length() && line.charAt(at) == '[') {
      int end = line.indexOf(']', at);
      if (end < 0) {
        return at;
      }
      at = end + 1;
    }
    return at > 0 && at < line.length() && line.charAt(at) == ' ' ? at + 1 : at;
  }

  /** How they are written. */
  final class Forms {
    private static final String SIZE = "([0-9]{1,9})([BKMG])";
    private static final String TIME = "([0-9]{1,9}\\.[0-9]{1,3})ms";

    private static final Pattern COLLECTION =
        Pattern.compile("GC\\(([0-9]{1,9})\\) (?:[YyO]: )?(.*)");

    private static final Pattern USING =
        Pattern.compile("Using (Serial|Parallel|G1|Shenandoah|The Z Garbage Collector)");
    private static final Pattern LIMIT = Pattern.compile("(?:Heap )?Max Capacity: " + SIZE);
    private static final Pattern REGION = Pattern.compile("Heap Region Size: " + SIZE);

    private static final Pattern PAUSE =
        Pattern.compile(
            "(Pause [A-Z][^>]{1,200}?)(?: " + SIZE + "->" + SIZE + "\\(" + SIZE + "\\))? " + TIME);

    /** Of ZGC, with and without generations. */
    private static final Pattern ZGC =
        Pattern.compile(
            "((?:Garbage|Major|Minor) Collection) \\([^>]{1,60}\\) SIZE\\([0-9]{1,3}%\\)->SIZE\\([0-9]{1,3}%\\)(?: [0-9.]{1,12}s)?"
                .replace("SIZE", SIZE));

    private static final Pattern CLEANUP =
        Pattern.compile(
            "(Concurrent cleanup(?: \\([A-Za-z ]{1,40}\\)){0,3}) SIZE->SIZE\\(SIZE\\) TIME"
                .replace("SIZE", SIZE)
                .replace("TIME", TIME));

    private static final Pattern OLD =
        Pattern.compile(
            "(?:Tenured|ParOldGen): SIZE\\(SIZE\\)->SIZE\\(SIZE\\)".replace("SIZE", SIZE));

    /** ZGC's table of its old generation: at the start and end of marking and of relocating. */
    private static final Pattern ZGC_OLD =
        Pattern.compile("\\s*Used:(?:\\s+SIZE \\([0-9]{1,3}%\\)){4}\\s*".replace("SIZE", SIZE));

    /** ZGC's table without generations: from the end of marking on, and no extremes. */
    private static final Pattern ZGC_LIVE =
        Pattern.compile(
            "\\s*Live:\\s+-(?:\\s+SIZE \\([0-9]{1,3}%\\)){3}\\s+-\\s+-\\s*".replace("SIZE", SIZE));

    private static final Pattern SURVIVORS =
        Pattern.compile("Survivor regions: [0-9]{1,9}->([0-9]{1,9})(?:\\([0-9]{1,9}\\))?");

    private static final Pattern METASPACE =
        Pattern.compile("Metaspace: SIZE\\(SIZE\\)->SIZE\\(SIZE\\)(?: .*)?".replace("SIZE", SIZE));
    private static final Pattern ZGC_METASPACE =
        Pattern.compile("Metaspace: SIZE used, .*".replace("SIZE", SIZE));

    private Forms() {}

    private static Optional<JvmLogLine> ofStart(String message) {
      var using = USING.matcher(message);
      if (using.matches()) {
        return Optional.of(new Using(using.group(1)));
      }
      var limit = LIMIT.matcher(message);
      if (limit.matches()) {
        return Optional.of(new Limit(bytes(limit, 1)));
      }
      // Shenandoah does not say of which collection it is (JDK 17).
      var metaspace = METASPACE.matcher(message);
      if (metaspace.matches()) {
        return Optional.of(new Metaspace(bytes(metaspace, 5)));
      }
      var region = REGION.matcher(message);
      return region.matches() ? Optional.of(new RegionSize(bytes(region, 1))) : Optional.empty();
    }

    private static JvmLogLine ofCollection(String line) {
      var collection = COLLECTION.matcher(line);
      if (!collection.matches()) {
        return new Unknown();
      }
      long gc = Long.parseLong(collection.group(1));
      boolean old = line.startsWith("O: ", collection.start(2) - 3);
      var message = collection.group(2);
      return switch ((message.stripLeading() + ' ').charAt(0)) {
        case 'P' -> pauseOrOld(gc, message);
        case 'G' -> cycle(gc, ZGC.matcher(message), 4);
        case 'C' -> cycle(gc, CLEANUP.matcher(message), 4);
        case 'M' -> metaspaceOrCycle(gc, message);
        case 'T' -> old(gc, OLD.matcher(message), 5);
        case 'U' -> old ? old(gc, ZGC_OLD.matcher(message), 1) : new Unknown();
        case 'L' -> old(gc, ZGC_LIVE.matcher(message), 1);
        case 'S' -> survivors(gc, SURVIVORS.matcher(message));
        default -> new Unknown();
      };
    }

    private static JvmLogLine pauseOrOld(long gc, String message) {
      var pause = PAUSE.matcher(message);
      return pause.matches()
          ? new Pause(
              gc,
              pause.group(1),
              Double.parseDouble(pause.group(8)) / 1e3,
              pause.group(4) == null ? -1 : bytes(pause, 4))
          : old(gc, OLD.matcher(message), 5);
    }

    private static JvmLogLine metaspaceOrCycle(long gc, String message) {
      var metaspace = METASPACE.matcher(message);
      if (metaspace.matches()) {
        return new Metaspace(bytes(metaspace, 5));
      }
      var ofZgc = ZGC_METASPACE.matcher(message);
      return ofZgc.matches() ? new Metaspace(bytes(ofZgc, 1)) : cycle(gc, ZGC.matcher(message), 4);
    }

    private static JvmLogLine cycle(long gc, Matcher cycle, int after) {
      return cycle.matches() ? new Cycle(gc, cycle.group(1), bytes(cycle, after)) : new Unknown();
    }

    /** Of a figure that is repeated the last counts. */
    private static JvmLogLine old(long gc, Matcher old, int bytes) {
      return old.matches() ? new Old(gc, bytes(old, bytes)) : new Unknown();
    }

    private static JvmLogLine survivors(long gc, Matcher survivors) {
      return survivors.matches()
          ? new Survivors(gc, Long.parseLong(survivors.group(1)))
          : new Unknown();
    }

    private static long bytes(Matcher matcher, int group) {
      int shift = 10 * "BKMG".indexOf(matcher.group(group + 1));
      return Long.parseLong(matcher.group(group)) << shift;
    }
  }
}

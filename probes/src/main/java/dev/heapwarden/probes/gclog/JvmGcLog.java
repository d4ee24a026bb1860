package dev.heapwarden.probes.gclog;

import dev.heapwarden.detection.sample.Origin;
import dev.heapwarden.probes.jvm.JvmFigures;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.Set;

/**
 * What a JVM wrote of its collections so far. The old generation after a pause is what the log says
 * of it; where it says nothing (-Xlog:gc) it is the whole heap, which no object was made in since
 * the pause began, less what survives in the young one where that is told. Of collectors without
 * pauses for it, it is the heap at the end of the collection, what was allocated meanwhile
 * included.
 */
final class JvmGcLog implements Understanding<JvmFigures> {
  /** Those whose old generation may grow until it is the whole heap. */
  private static final Set<String> WHOLE = Set.of("G1", "Shenandoah", "The Z Garbage Collector");

  private static final String YOUNG = "(Young)";

  private String collector = "";
  private OptionalLong limit = OptionalLong.empty();
  private long regionSize;
  private long cleaned;
  private long lastCleaned = -1;
  private double paused;
  private boolean pauses;
  private OptionalLong metaspace = OptionalLong.empty();
  private OptionalLong level = OptionalLong.empty();

  /** What the latest collection left, as far as its lines have come. */
  private long gc = -1;

  private OptionalLong old = OptionalLong.empty();
  private boolean tellsOld;
  private OptionalLong survivors = OptionalLong.empty();

  @Override
  public Reading read(String text) {
    var line = JvmLogLine.parse(text);
    return line.isEmpty() ? Reading.FOREIGN : read(line.get());
  }

  /** Of a log that is found again, the beginning was counted when it was found first. */
  @Override
  public void begin() {
    cleaned = 0;
    paused = 0;
  }

  @Override
  public JvmFigures told() {
    return new JvmFigures(
        Origin.JVM_GC_LOG,
        level,
        WHOLE.contains(collector) ? limit : OptionalLong.empty(),
        OptionalLong.of(cleaned),
        pauses ? OptionalDouble.of(paused) : OptionalDouble.empty(),
        metaspace,
        OptionalLong.empty(),
        OptionalLong.empty());
  }

  private Reading read(JvmLogLine line) {
    switch (line) {
      case JvmLogLine.Unknown _ -> {
        return Reading.UNKNOWN;
      }
      case JvmLogLine.Using using -> collector = using.collector();
      case JvmLogLine.Limit most -> limit = OptionalLong.of(most.bytes());
      case JvmLogLine.RegionSize size -> regionSize = size.bytes();
      case JvmLogLine.Metaspace used -> metaspace = OptionalLong.of(used.bytes());
      case JvmLogLine.Old left -> {
        of(left.gc());
        old = OptionalLong.of(left.bytes());
        tellsOld = true;
      }
      case JvmLogLine.Survivors left -> {
        of(left.gc());
        survivors = OptionalLong.of(left.regions() * regionSize);
      }
      case JvmLogLine.Pause pause -> {
        paused += pause.seconds();
        pauses = true;
        return pause.after() < 0 ? Reading.UNDERSTOOD : ended(pause);
      }
      case JvmLogLine.Cycle cycle -> {
        of(cycle.gc());
        left(cycle.after());
        if (!cycle.what().startsWith("Minor") && !cycle.what().contains(YOUNG)) {
          cleaned(cycle.gc());
        }
        return Reading.COLLECTED;
      }
    }
    return Reading.UNDERSTOOD;
  }

  /** G1 pauses twice in a concurrent cycle, while the young generation is in use. */
  private Reading ended(JvmLogLine.Pause pause) {
    of(pause.gc());
    var what = pause.what();
    if (what.startsWith("Pause Cleanup")) {
      cleaned(pause.gc());
    } else if (what.startsWith("Pause Young")) {
      left(pause.after());
    } else if (what.startsWith("Pause Full") || what.startsWith("Pause Degenerated")) {
      left(pause.after());
      if (!what.contains(YOUNG)) {
        cleaned(pause.gc());
      }
    }
    return Reading.COLLECTED;
  }

  /** A log that tells of the old generation is not asked for the heap where it does not. */
  private void left(long heap) {
    if (old.isPresent()) {
      level = old;
    } else if (!tellsOld) {
      level = OptionalLong.of(Math.max(0, heap - survivors.orElse(0)));
    }
  }

  /** Shenandoah tells twice in a collection what it has cleaned. */
  private void cleaned(long collection) {
    if (collection != lastCleaned) {
      cleaned++;
      lastCleaned = collection;
    }
  }

  private void of(long collection) {
    if (collection != gc) {
      gc = collection;
      old = OptionalLong.empty();
      survivors = OptionalLong.empty();
    }
  }
}

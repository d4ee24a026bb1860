package dev.heapwarden.detection.feature;

import dev.heapwarden.detection.feature.RollingSeries.Kept;
import dev.heapwarden.detection.sample.JavaClass;
import dev.heapwarden.detection.sample.MapInstance;
import dev.heapwarden.detection.sample.Sample;
import dev.heapwarden.detection.sample.Signal;
import dev.heapwarden.detection.sample.Subject;
import java.time.Instant;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What was sampled of one container, in some kilobytes however long it runs: a series for each
 * signal that a feature is made of, for each map and for each class. For any thread.
 */
public final class Recording {
  /** A trend over minutes or hours rests on some forty points of these. */
  private static final int LEVELS = 24;

  /** A rate needs the ends of a window, and no more in between than shows a counter's new start. */
  private static final int COUNTS = 12;

  /** Of what is set only the latest is asked for, and the latest some windows ago. */
  private static final int SETTINGS = 4;

  /** The classes of a JVM are counted three times in each look. */
  private static final int LOOK = 3;

  /** Maps, and classes, at most: beyond it the one that was silent for longest is forgotten. */
  private static final int SUBJECTS = 128;

  private static final Set<Signal> SET = EnumSet.of(Signal.MEMORY_LIMIT, Signal.HEAP_LIMIT);

  /** Those of the features, and what is subtracted from them or divides them. */
  private static final Set<Signal> ASKED_FOR =
      Stream.concat(
              Arrays.stream(Feature.values()).map(Feature::signal),
              Stream.of(Signal.FREED_OBJECTS, Signal.FREED_BYTES))
          .collect(Collectors.toCollection(() -> EnumSet.noneOf(Signal.class)));

  /**
   * By the rank of who tells it, the finest first. Each counts from a beginning of its own, and two
   * of one level differ a little: put together they would jump at every change of the speaker, so
   * only one of them is heard.
   */
  private final SortedMap<Integer, Map<Signal, RollingSeries>> voices = new TreeMap<>();

  private final Map<Identity, Counted> subjects = new LinkedHashMap<>();

  /**
   * Of a map Go's address for as long as it lives, since Go does not move it; of a class its name.
   */
  private record Identity(long pid, String name) {
    static Identity of(Subject subject) {
      return switch (subject) {
        case MapInstance map -> new Identity(map.pid(), map.address());
        case JavaClass javaClass -> new Identity(javaClass.pid(), javaClass.name());
      };
    }
  }

  /** A map or a class, and its counts. */
  private record Counted(Subject subject, RollingSeries counts) {}

  /**
   * Adds a sample. Its source tells them in the order of their times; one that comes late is put in
   * its place for as long as the readings around it are kept as they came.
   */
  public synchronized void add(Sample sample) {
    long at = sample.at().toEpochMilli();
    var signals = voices.computeIfAbsent(sample.origin().rank(), _ -> new EnumMap<>(Signal.class));
    var subject = sample.subject();
    for (var entry : sample.values().entrySet()) {
      var signal = entry.getKey();
      double value = entry.getValue();
      if (!Double.isFinite(value) || !ASKED_FOR.contains(signal)) {
        continue;
      }
      var series = signals.computeIfAbsent(signal, Recording::series);
      if (subject == null) {
        series.add(at, value);
      } else {
        add(subject, at, value);
      }
    }
  }

  /** Forgets what is older than this; that a signal was ever seen is remembered. */
  public synchronized void dropBefore(Instant oldest) {
    long millis = oldest.toEpochMilli();
    voices
        .values()
        .forEach(signals -> signals.values().forEach(series -> series.dropBefore(millis)));
    if (!subjects.isEmpty()) {
      subjects.values().forEach(counted -> counted.counts.dropBefore(millis));
      subjects.values().removeIf(counted -> counted.counts.isEmpty());
    }
  }

  public synchronized void clear() {
    voices.clear();
    subjects.clear();
  }

  public synchronized boolean isEmpty() {
    return voices.values().stream().allMatch(Map::isEmpty);
  }

  /** What is recorded now, seen from one frame. */
  public synchronized History in(Frame frame) {
    var series = new EnumMap<Signal, Series>(Signal.class);
    long silence = (long) (frame.windowSeconds() * 1000);
    voices.values().stream()
        .flatMap(signals -> signals.keySet().stream())
        .distinct()
        .forEach(signal -> series.put(signal, finest(signal, silence).toSeries(frame)));
    return new History(frame, series, maps(frame), classes(frame));
  }

  /**
   * Of those that still speak.
   *
   * @param silence milliseconds behind the newest word of all after which one does no more
   */
  private RollingSeries finest(Signal signal, long silence) {
    var all =
        voices.values().stream()
            .flatMap(signals -> Stream.ofNullable(signals.get(signal)))
            .toList();
    long newest =
        all.stream()
            .filter(series -> !series.isEmpty())
            .mapToLong(RollingSeries::last)
            .max()
            .orElse(0);
    return all.stream()
        .filter(series -> !series.isEmpty() && newest - series.last() <= silence)
        .findFirst()
        .orElse(all.getFirst());
  }

  private List<MapSeries> maps(Frame frame) {
    return subjects.values().stream()
        .filter(counted -> counted.subject instanceof MapInstance)
        .map(
            counted -> new MapSeries((MapInstance) counted.subject, counted.counts.toSeries(frame)))
        .toList();
  }

  private List<ClassSeries> classes(Frame frame) {
    return subjects.values().stream()
        .filter(counted -> counted.subject instanceof JavaClass)
        .map(
            counted -> new ClassSeries((JavaClass) counted.subject, counted.counts.toSeries(frame)))
        .toList();
  }

  private void add(Subject subject, long at, double count) {
    var identity = Identity.of(subject);
    var counted = subjects.get(identity);
    if (counted == null) {
      makeRoom();
      counted = new Counted(subject, counts(subject));
      subjects.put(identity, counted);
    } else if (subject instanceof MapInstance map && !map.site().isEmpty()) {
      counted = new Counted(subject, counted.counts);
      subjects.put(identity, counted);
    }
    counted.counts.add(at, count);
  }

  private void makeRoom() {
    if (subjects.size() >= SUBJECTS) {
      subjects.entrySet().stream()
          .min(
              (one, other) ->
                  Long.compare(one.getValue().counts.last(), other.getValue().counts.last()))
          .map(Map.Entry::getKey)
          .ifPresent(subjects::remove);
    }
  }

  private static RollingSeries series(Signal signal) {
    if (SET.contains(signal)) {
      return new RollingSeries(SETTINGS, Kept.FIRST);
    }
    if (signal == Signal.MARK_TERMINATION) {
      return new RollingSeries(LEVELS, Kept.HIGHEST);
    }
    return signal.kind() == Signal.Kind.COUNTER
        ? new RollingSeries(COUNTS, Kept.FIRST)
        : new RollingSeries(LEVELS, Kept.MEDIAN);
  }

  private static RollingSeries counts(Subject subject) {
    return switch (subject) {
      case MapInstance _ -> new RollingSeries(COUNTS, Kept.FIRST);
      case JavaClass _ -> new RollingSeries(LOOK * COUNTS, Kept.FIRST, LOOK);
    };
  }
}

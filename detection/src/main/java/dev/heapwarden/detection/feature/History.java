package dev.heapwarden.detection.feature;

import dev.heapwarden.detection.sample.JavaClass;
import dev.heapwarden.detection.sample.MapInstance;
import dev.heapwarden.detection.sample.Sample;
import dev.heapwarden.detection.sample.Signal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The samples of one container, sorted once into a series for each signal, each map and each class.
 */
public final class History {
  private static final Series NOTHING = new SeriesBuilder().build();

  private final Frame frame;
  private final Map<Signal, Series> signals;
  private final List<MapSeries> maps;
  private final List<ClassSeries> classes;

  private History(
      Frame frame, Map<Signal, Series> signals, List<MapSeries> maps, List<ClassSeries> classes) {
    this.frame = frame;
    this.signals = signals;
    this.maps = maps;
    this.classes = classes;
  }

  /**
   * Sorts the samples into series.
   *
   * @param samples of one container, in any order; one that came twice counts once; a value that is
   *     no finite number is left out
   */
  public static History of(List<Sample> samples, Frame frame) {
    var signals = new EnumMap<Signal, Voices>(Signal.class);
    var maps = new LinkedHashMap<MapKey, MapBuilder>();
    var classes = new LinkedHashMap<ClassKey, ClassBuilder>();
    @Nullable Sample before = null;
    for (var sample : inOrder(samples)) {
      if (sample.equals(before)) {
        continue;
      }
      before = sample;
      double age = frame.age(sample.at());
      for (var entry : sample.values().entrySet()) {
        if (!Double.isFinite(entry.getValue())) {
          continue;
        }
        if (entry.getKey() == Signal.MAP_ENTRIES && sample.subject() instanceof MapInstance map) {
          maps.computeIfAbsent(new MapKey(map.pid(), map.address()), _ -> new MapBuilder(map))
              .add(age, entry.getValue(), map);
        }
        if (entry.getKey() == Signal.CLASS_INSTANCES
            && sample.subject() instanceof JavaClass found) {
          classes
              .computeIfAbsent(
                  new ClassKey(found.pid(), found.name()), _ -> new ClassBuilder(found))
              .counts
              .add(age, entry.getValue());
        }
        signals
            .computeIfAbsent(entry.getKey(), _ -> new Voices())
            .add(sample.origin(), age, entry.getValue());
      }
    }
    var series = new EnumMap<Signal, Series>(Signal.class);
    signals.forEach((signal, told) -> series.put(signal, told.finest(frame.windowSeconds())));
    return new History(
        frame,
        series,
        maps.values().stream().map(MapBuilder::build).toList(),
        classes.values().stream().map(ClassBuilder::build).toList());
  }

  /** What can be computed from the samples up to an instant. */
  public Features at(Instant instant) {
    return Features.of(this, frame.age(instant));
  }

  /** True when the signal was sampled at least once, at whatever time. */
  public boolean saw(Signal signal) {
    return signals.containsKey(signal);
  }

  Frame frame() {
    return frame;
  }

  Series series(Signal signal) {
    return signals.getOrDefault(signal, NOTHING);
  }

  List<MapSeries> maps() {
    return maps;
  }

  List<ClassSeries> classes() {
    return classes;
  }

  private static List<Sample> inOrder(List<Sample> samples) {
    var inOrder = new ArrayList<>(samples);
    inOrder.sort(Comparator.comparing(Sample::at).thenComparingLong(Sample::sequence));
    return inOrder;
  }

  /** Go does not move maps, so this is the same map for as long as it lives. */
  private record MapKey(long pid, String address) {}

  private record ClassKey(long pid, String name) {}

  private static final class ClassBuilder {
    private final SeriesBuilder counts = new SeriesBuilder();
    private final JavaClass first;

    ClassBuilder(JavaClass first) {
      this.first = first;
    }

    ClassSeries build() {
      return new ClassSeries(first, counts.build());
    }
  }

  private static final class MapBuilder {
    private final SeriesBuilder growths = new SeriesBuilder();
    private MapInstance map;

    MapBuilder(MapInstance map) {
      this.map = map;
    }

    void add(double age, double entries, MapInstance seen) {
      growths.add(age, entries);
      if (!seen.site().isEmpty()) {
        map = seen;
      }
    }

    MapSeries build() {
      return new MapSeries(map, growths.build());
    }
  }
}

package dev.heapwarden.detection.feature;

import dev.heapwarden.detection.sample.Sample;
import dev.heapwarden.detection.sample.Signal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What was sampled of one container up to one moment, seen from one frame. Never changes. */
public final class History {
  private static final Series NOTHING = new Series(new double[0], new double[0]);

  private final Frame frame;
  private final Map<Signal, Series> signals;
  private final List<MapSeries> maps;
  private final List<ClassSeries> classes;

  History(
      Frame frame, Map<Signal, Series> signals, List<MapSeries> maps, List<ClassSeries> classes) {
    this.frame = frame;
    this.signals = signals;
    this.maps = maps;
    this.classes = classes;
  }

  /**
   * As a {@link Recording} of these samples would have it.
   *
   * @param samples of one container, in any order; one that came twice counts once; a value that is
   *     no finite number is left out
   */
  public static History of(List<Sample> samples, Frame frame) {
    var recording = new Recording();
    @Nullable Sample before = null;
    for (var sample : inOrder(samples)) {
      if (!sample.equals(before)) {
        recording.add(sample);
      }
      before = sample;
    }
    return recording.in(frame);
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
}

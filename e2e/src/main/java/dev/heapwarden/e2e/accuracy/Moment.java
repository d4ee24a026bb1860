package dev.heapwarden.e2e.accuracy;

import dev.heapwarden.detection.Settings;
import dev.heapwarden.detection.feature.Features;
import dev.heapwarden.detection.feature.Frame;
import dev.heapwarden.detection.feature.History;
import dev.heapwarden.detection.sample.ContainerState;
import dev.heapwarden.detection.sample.Sample;
import dev.heapwarden.detection.sample.Signal;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What the operator knows of one container when it is due to be judged. */
final class Moment {
  private final Instant now;
  private final ContainerState state;
  private final List<Sample> samples;
  private final Settings settings;
  private final History history;
  private final Map<Integer, Features> byWindow = new HashMap<>();

  Moment(Instant now, ContainerState state, List<Sample> samples, Settings settings) {
    this.now = now;
    this.state = state;
    this.samples = samples;
    this.settings = settings;
    this.history =
        History.of(
            samples,
            new Frame(
                state.startedAt(), settings.warmUp(), settings.window(), settings.trendHorizon()));
  }

  Instant now() {
    return now;
  }

  ContainerState state() {
    return state;
  }

  List<Sample> samples() {
    return samples;
  }

  Settings settings() {
    return settings;
  }

  /** Since the container's start. */
  Duration age() {
    return Duration.between(state.startedAt(), now);
  }

  boolean warm() {
    return age().compareTo(settings.warmUp()) >= 0;
  }

  /** As many windows ago. */
  Features features(int windows) {
    return byWindow.computeIfAbsent(
        windows, ago -> history.at(now.minus(settings.window().multipliedBy(ago))));
  }

  /** Memory that monitoring tools call resident, as a share of the limit; empty without one. */
  Utilization utilization() {
    var readings =
        samples.stream()
            .filter(sample -> sample.values().containsKey(Signal.ANONYMOUS_MEMORY))
            .filter(sample -> !sample.at().isAfter(now))
            .toList();
    double limit =
        readings.stream()
            .map(sample -> Optional.ofNullable(sample.values().get(Signal.MEMORY_LIMIT)))
            .flatMap(Optional::stream)
            .mapToDouble(Double::doubleValue)
            .reduce(0, (_, last) -> last);
    if (limit <= 0) {
      return new Utilization(new double[0], new double[0]);
    }
    return new Utilization(
        readings.stream()
            .mapToDouble(
                sample -> Duration.between(state.startedAt(), sample.at()).toMillis() / 1e3)
            .toArray(),
        readings.stream()
            .mapToDouble(
                sample -> 100 * sample.values().getOrDefault(Signal.ANONYMOUS_MEMORY, 0.0) / limit)
            .toArray());
  }
}

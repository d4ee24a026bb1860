package dev.heapwarden.detection;

import dev.heapwarden.detection.feature.ClassTrend;
import dev.heapwarden.detection.feature.Feature;
import dev.heapwarden.detection.feature.Features;
import dev.heapwarden.detection.feature.MapTrend;
import dev.heapwarden.detection.rule.Outcome;
import dev.heapwarden.detection.verdict.Cause;
import dev.heapwarden.detection.verdict.Evidence;
import dev.heapwarden.detection.verdict.Growth;
import dev.heapwarden.detection.verdict.Layer;
import dev.heapwarden.detection.verdict.Witness;
import dev.heapwarden.detection.verdict.Witness.Stance;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What the rules said, and the figures they said it of. */
record Testimony(List<Finding> findings, Features features) {
  /** A limit further away than this is none: no growth is known that well. */
  private static final double FAR_SECONDS = Duration.ofDays(3650).toSeconds();

  /** Of a fall, what a level must have gained since: as the presets have it. */
  private static final double NEW_HIGH = 0.25;

  List<Finding> witnesses(Stance stance) {
    return findings.stream()
        .filter(finding -> finding.rule().witness().isPresent() && finding.stance() == stance)
        .toList();
  }

  boolean is(Witness.Kind kind, Stance stance) {
    return witnesses(stance).stream()
        .anyMatch(finding -> finding.rule().witness().equals(Optional.of(kind)));
  }

  /** Those who speak for a leak, and are sure that it is no cache that fills. */
  List<Witness.Kind> sure() {
    return findings.stream()
        .filter(Finding::confirms)
        .flatMap(finding -> finding.rule().witness().stream())
        .toList();
  }

  /** Rules that hold and are no witness: a user's own, and those that presets only suspect by. */
  List<Finding> suspicions() {
    return findings.stream()
        .filter(finding -> finding.rule().witness().isEmpty() && finding.holds())
        .toList();
  }

  /**
   * How many of them are independent: what only counts, such as goroutines and the files that they
   * hold, is one.
   */
  private static long independent(List<Witness.Kind> kinds) {
    long measured = kinds.stream().filter(kind -> !kind.isCount()).count();
    return kinds.size() > measured ? measured + 1 : measured;
  }

  /** Two independent witnesses, and the live heap where one of them is none without it. */
  boolean isSure() {
    var sure = sure();
    return independent(sure) >= 2
        && (sure.contains(Witness.Kind.POST_GC_LIVE_HEAP)
            || sure.stream().noneMatch(Witness.Kind::needsTheLiveHeap));
  }

  /** Outside the managed heap, by two witnesses: that this stays flat says nothing against it. */
  boolean growsBesideTheHeap() {
    var sure = sure();
    long beside = independent(sure.stream().filter(Witness.Kind::isBesideTheHeap).toList());
    return beside >= 2 || (beside == 1 && sure.contains(Witness.Kind.ANONYMOUS_MEMORY));
  }

  /** And came down again since. */
  boolean hasBeenAsHigh() {
    return features
        .value(Feature.LIVE_HEAP_NEW_HIGH)
        .or(() -> features.value(Feature.ANONYMOUS_NEW_HIGH))
        .filter(newHigh -> newHigh < NEW_HIGH)
        .isPresent();
  }

  Optional<Growth> growth() {
    return features.liveHeap().or(features::anonymous);
  }

  /** What the limit is reached by: beside the heap by the memory of the whole program. */
  Optional<Growth> filling() {
    return growsBesideTheHeap() ? features.anonymous().or(this::growth) : growth();
  }

  /** The map behind the leak; empty unless the map witness supports one. */
  Optional<MapTrend> leakingMap() {
    return is(Witness.Kind.MAP_GROWTH, Stance.SUPPORTS) ? features.fastestMap() : Optional.empty();
  }

  /** The class behind the leak; empty unless the class witness supports one. */
  Optional<ClassTrend> leakingClass() {
    return is(Witness.Kind.CLASS_GROWTH, Stance.SUPPORTS)
        ? features.fastestClass()
        : Optional.empty();
  }

  Cause cause() {
    return Suspect.of(this);
  }

  private String site() {
    return leakingMap()
        .map(trend -> trend.map().site())
        .or(() -> leakingClass().map(trend -> trend.javaClass().name()))
        .orElse("");
  }

  Optional<Duration> timeToLimit() {
    return filling().flatMap(growth -> timeToLimit(growth, growth.bytesPerSecond()));
  }

  /** At the fastest growth that the interval holds. */
  Optional<Duration> soonestTimeToLimit() {
    return filling().flatMap(growth -> timeToLimit(growth, growth.high()));
  }

  /** At the slowest growth that the interval holds; empty where that is too far away to say. */
  Optional<Duration> latestTimeToLimit() {
    return filling().flatMap(growth -> timeToLimit(growth, growth.low()));
  }

  private Optional<Duration> timeToLimit(Growth growth, double bytesPerSecond) {
    var free =
        Stream.of(
                free(Feature.MEMORY_LIMIT, Feature.ANONYMOUS_MEMORY),
                growsBesideTheHeap()
                    ? Optional.<Double>empty()
                    : free(Feature.HEAP_LIMIT, Feature.LIVE_HEAP))
            .flatMap(Optional::stream)
            .min(Comparator.naturalOrder());
    return free.filter(_ -> growth.low() > 0)
        .map(bytes -> bytes / bytesPerSecond)
        .filter(seconds -> seconds <= FAR_SECONDS)
        .map(seconds -> Duration.ofSeconds(seconds.longValue()));
  }

  private Optional<Double> free(Feature limit, Feature used) {
    var level = features.value(used);
    return level.isEmpty()
        ? Optional.empty()
        : features.value(limit).map(most -> Math.max(most - level.get(), 0));
  }

  Evidence evidence(String sentence) {
    return new Evidence(
        layer(),
        cause(),
        sentence,
        growth().orElse(null),
        timeToLimit().orElse(null),
        site(),
        statements(),
        features.values().entrySet().stream()
            .collect(Collectors.toMap(entry -> entry.getKey().celName(), Map.Entry::getValue)));
  }

  /** That of the cause; while it is unknown, the one nearest to the program that shows the leak. */
  Layer layer() {
    var cause = cause();
    if (cause != Cause.UNKNOWN) {
      return cause.layer();
    }
    return findings.stream()
        .filter(Finding::holds)
        .map(finding -> finding.rule().layer())
        .min(Comparator.naturalOrder())
        .orElse(features.liveHeap().isPresent() ? Layer.RUNTIME : Layer.KERNEL);
  }

  private List<Witness> statements() {
    return findings.stream()
        .filter(finding -> !(finding.outcome() instanceof Outcome.Abstains(_, int ago) && ago == 0))
        .flatMap(
            finding ->
                finding.rule().witness().stream()
                    .map(
                        kind ->
                            new Witness(
                                kind, finding.stance(), Wording.figures(finding, features))))
        .toList();
  }
}

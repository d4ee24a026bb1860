package dev.heapwarden.detection;

import dev.heapwarden.detection.rule.Compilation;
import dev.heapwarden.detection.rule.RuleSet;
import dev.heapwarden.detection.rule.RuleSource;
import dev.heapwarden.detection.sample.ContainerKey;
import dev.heapwarden.detection.sample.JavaClass;
import dev.heapwarden.detection.sample.MapInstance;
import dev.heapwarden.detection.sample.Origin;
import dev.heapwarden.detection.sample.RuntimeKind;
import dev.heapwarden.detection.sample.Sample;
import dev.heapwarden.detection.sample.Signal;
import dev.heapwarden.detection.sample.Subject;
import dev.heapwarden.detection.verdict.Verdict;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.DoubleUnaryOperator;
import org.jspecify.annotations.Nullable;

/** Samples of a container whose levels are functions of its age in seconds, with seeded noise. */
final class SimulatedContainer {
  static final double MIB = 1024.0 * 1024;
  static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
  static final Settings DEMO =
      new Settings(
          Duration.ofSeconds(30),
          Duration.ofSeconds(5),
          Duration.ofMinutes(10),
          Duration.ofSeconds(30));
  static final Settings DEFAULTS =
      new Settings(
          Duration.ofMinutes(5), Duration.ofMinutes(1), Duration.ofHours(6), Duration.ofMinutes(5));

  static final Detector PRESETS = detector();

  private static final ContainerKey KEY =
      new ContainerKey("shop", "checkout-1", "uid-1", "checkout", "c0ffee");

  private final Random noise;
  private final double seconds;
  private final List<Sample> samples = new ArrayList<>();

  SimulatedContainer(long seed, double seconds) {
    this.noise = new Random(seed);
    this.seconds = seconds;
  }

  /** A collection about every so many seconds; noise is relative to the level. */
  SimulatedContainer liveHeap(double every, double relativeNoise, DoubleUnaryOperator level) {
    int count = 0;
    for (double age = every; age <= seconds; age += every * (0.7 + 0.6 * noise.nextDouble())) {
      double bytes = level.applyAsDouble(age) * (1 + relativeNoise * noise.nextGaussian());
      collected(age, bytes, ++count);
    }
    return this;
  }

  SimulatedContainer collected(double age, double liveHeap, int count) {
    return add(
        age,
        Origin.GO_GC_UPROBE,
        Map.of(Signal.POST_GC_LIVE_HEAP, liveHeap, Signal.COLLECTIONS, (double) count),
        null);
  }

  SimulatedContainer anonymous(double every, double relativeNoise, DoubleUnaryOperator level) {
    return cgroup(every, relativeNoise, level, null);
  }

  SimulatedContainer cgroup(
      double every, double relativeNoise, DoubleUnaryOperator level, @Nullable Double limit) {
    for (double age = every; age <= seconds; age += every) {
      double bytes = level.applyAsDouble(age) * (1 + relativeNoise * noise.nextGaussian());
      add(
          age,
          Origin.CGROUP,
          limit == null
              ? Map.of(Signal.ANONYMOUS_MEMORY, bytes)
              : Map.of(Signal.ANONYMOUS_MEMORY, bytes, Signal.MEMORY_LIMIT, limit),
          null);
    }
    return this;
  }

  /**
   * A swiss map of Go 1.24 and later: tables of 1,024 slots split at 896 entries, each when it is
   * full, which is not at the same moment for all.
   */
  SimulatedContainer swissMap(String site, DoubleUnaryOperator entries) {
    return swissMap(
        new MapInstance(7, "0xc000" + Integer.toHexString(site.hashCode()), site), entries);
  }

  SimulatedContainer swissMap(MapInstance map, DoubleUnaryOperator entries) {
    double nextSmall = 8;
    List<Double> splitsAt = new ArrayList<>();
    for (double age = 0; age <= seconds; age += 0.05) {
      double now = entries.applyAsDouble(age);
      while (nextSmall <= 448 && now >= nextSmall) {
        grew(age, map, nextSmall);
        nextSmall = nextSmall == 8 ? 14 : nextSmall * 2;
        if (nextSmall > 448) {
          splitsAt.add(896.0);
        }
      }
      for (int i = 0; i < splitsAt.size(); i++) {
        double splitAt = splitsAt.get(i);
        if (now >= splitAt) {
          grew(age, map, Math.floor(now));
          splitsAt.set(i, 2 * splitAt * (1 + 0.03 * noise.nextGaussian()));
          splitsAt.add(2 * splitAt * (1 + 0.03 * noise.nextGaussian()));
        }
      }
    }
    return this;
  }

  /** A map of Go 1.23 and before: it speaks at 6.5 entries in each of 2^B buckets. */
  SimulatedContainer bucketMap(String site, DoubleUnaryOperator entries) {
    var map = new MapInstance(7, "0xc000" + Integer.toHexString(site.hashCode()), site);
    double next = 8;
    for (double age = 0; age <= seconds; age += 0.05) {
      while (entries.applyAsDouble(age) >= next) {
        grew(age, map, next);
        next = next == 8 ? 13 : next * 2;
      }
    }
    return this;
  }

  SimulatedContainer grew(double age, MapInstance map, double entries) {
    add(age, Origin.GO_MAP_UPROBE, Map.of(Signal.MAP_ENTRIES, entries), map);
    return this;
  }

  SimulatedContainer add(
      double age, Origin origin, Map<Signal, Double> values, @Nullable Subject subject) {
    samples.add(new Sample(samples.size() + 1, at(age), KEY, origin, values, subject));
    return this;
  }

  List<Sample> samples() {
    return samples;
  }

  /** As the agent would have delivered them by then. */
  List<Sample> samplesUntil(double age) {
    return samples.stream().filter(sample -> !sample.at().isAfter(at(age))).toList();
  }

  /** A reading of a JVM's counters every so many seconds. */
  SimulatedContainer counters(
      double every, DoubleUnaryOperator pauseSeconds, DoubleUnaryOperator oldGeneration) {
    for (double age = every; age <= seconds; age += every) {
      add(
          age,
          Origin.HSPERFDATA,
          Map.of(
              Signal.GC_PAUSE_TIME,
              pauseSeconds.applyAsDouble(age),
              Signal.OLD_GENERATION,
              oldGeneration.applyAsDouble(age),
              Signal.METASPACE,
              40 * MIB,
              Signal.THREADS,
              30.0,
              Signal.LOADED_CLASSES,
              9000.0),
          null);
    }
    return this;
  }

  /** A reading of a Go program's memory every so many seconds. */
  SimulatedContainer goroutines(double every, double relativeNoise, DoubleUnaryOperator level) {
    for (double age = every; age <= seconds; age += every) {
      double count = level.applyAsDouble(age) * (1 + relativeNoise * noise.nextGaussian());
      add(age, Origin.GO_MEMORY, Map.of(Signal.GOROUTINES, (double) Math.round(count)), null);
    }
    return this;
  }

  /** A reading of one signal every so many seconds. */
  SimulatedContainer reading(
      double every, Origin origin, Signal signal, DoubleUnaryOperator level) {
    for (double age = every; age <= seconds; age += every) {
      add(age, origin, Map.of(signal, level.applyAsDouble(age)), null);
    }
    return this;
  }

  /** Of a collection every so many seconds. */
  SimulatedContainer markTermination(double every, DoubleUnaryOperator pauseSeconds) {
    for (double age = every; age <= seconds; age += every) {
      add(
          age,
          Origin.GO_GC_UPROBE,
          Map.of(Signal.MARK_TERMINATION, pauseSeconds.applyAsDouble(age)),
          null);
    }
    return this;
  }

  /** Three counts of a class, half a look apart. */
  SimulatedContainer look(double age, double half, String name, DoubleUnaryOperator instances) {
    for (double at = age; at <= age + 2 * half; at += half) {
      add(
          at,
          Origin.CLASS_HISTOGRAM,
          Map.of(Signal.CLASS_INSTANCES, instances.applyAsDouble(at)),
          new JavaClass(7, name, 24));
    }
    return this;
  }

  /** What the presets say. */
  Verdict verdict(Settings settings, double age) {
    return verdict(PRESETS, settings, age);
  }

  Verdict verdict(Detector detector, Settings settings, double age) {
    return detector.evaluate(samplesUntil(age), RuntimeKind.GO, START, settings, at(age));
  }

  /** What the presets say of a JVM. */
  Verdict jvmVerdict(Settings settings, double age) {
    return PRESETS.evaluate(samplesUntil(age), RuntimeKind.JVM, START, settings, at(age));
  }

  /** What the presets say of a program without a runtime. */
  Verdict nativeVerdict(Settings settings, double age) {
    return PRESETS.evaluate(samplesUntil(age), RuntimeKind.NATIVE, START, settings, at(age));
  }

  static Detector detector(RuleSource... sources) {
    return switch (RuleSet.compile(List.of(sources))) {
      case Compilation.Compiled(var rules) -> new Detector(rules);
      case Compilation.Rejected(var errors) -> throw new AssertionError(errors);
    };
  }

  static Instant at(double age) {
    return START.plusNanos((long) (age * 1e9));
  }
}

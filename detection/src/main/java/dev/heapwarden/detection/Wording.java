package dev.heapwarden.detection;

import dev.heapwarden.detection.feature.ClassTrend;
import dev.heapwarden.detection.feature.Feature;
import dev.heapwarden.detection.feature.Features;
import dev.heapwarden.detection.feature.MapTrend;
import dev.heapwarden.detection.feature.Unit;
import dev.heapwarden.detection.rule.Rule;
import dev.heapwarden.detection.sample.MapInstance;
import dev.heapwarden.detection.verdict.Cause;
import dev.heapwarden.detection.verdict.Growth;
import dev.heapwarden.detection.verdict.Verdict.Inconclusive.Reason;
import dev.heapwarden.detection.verdict.Witness;
import dev.heapwarden.detection.verdict.Witness.Stance;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Locale;
import java.util.stream.Collectors;

/** Sentences for people: what was found, with its figures. */
final class Wording {
  private Wording() {}

  static String warmUp(Duration age, Duration warmUp) {
    return "The container is "
        + Figures.duration(age)
        + " old; its warm-up lasts "
        + Figures.duration(warmUp)
        + ".";
  }

  /** With layer and cause, and what to do about it. */
  static String confirmed(Testimony testimony) {
    var advice = Advice.of(testimony);
    return sentence(blame(testimony) + ": " + growth(testimony))
        + served(testimony.features())
        + (advice.isEmpty() ? "" : " " + advice);
  }

  /** What its users get meanwhile; empty where the program does not tell. */
  private static String served(Features features) {
    return features
        .value(Feature.REQUEST_RATE)
        .filter(rate -> rate > 0)
        .map(
            rate ->
                " It answers %s requests/s%s%s."
                    .formatted(
                        Figures.count(rate),
                        features
                            .value(Feature.REQUEST_TIME)
                            .map(seconds -> " in " + Figures.count(1e3 * seconds) + " ms")
                            .orElse(""),
                        features
                            .value(Feature.SUCCESS_RATE)
                            .map(share -> ", " + Figures.percent(share) + " without an error")
                            .orElse("")))
        .orElse("");
  }

  /** Such as {@code application, map growth}. */
  private static String blame(Testimony testimony) {
    return words(testimony.layer())
        + ", "
        + (testimony.cause() == Cause.UNKNOWN ? "cause unknown" : words(testimony.cause()));
  }

  private static String words(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }

  static String growing(Testimony testimony) {
    return sentence(growth(testimony));
  }

  private static String growth(Testimony testimony) {
    var parts = new ArrayList<String>();
    testimony.witnesses(Stance.SUPPORTS).stream()
        .map(finding -> figures(finding, testimony.features()))
        .forEach(parts::add);
    testimony
        .features()
        .value(Feature.GROWTH_PER_REQUEST)
        .filter(bytes -> bytes > 0)
        .map(bytes -> Figures.bytes(bytes) + " for each request")
        .ifPresent(parts::add);
    testimony
        .timeToLimit()
        .map(left -> "memory limit in " + Figures.duration(left) + interval(testimony))
        .ifPresent(parts::add);
    return String.join("; ", parts);
  }

  /** Of the time to the limit, such as {@code (95 % 4m 30s to 5m 2s)}. */
  private static String interval(Testimony testimony) {
    return testimony
        .soonestTimeToLimit()
        .map(
            soonest ->
                " (95 %% %s to %s)"
                    .formatted(
                        Figures.duration(soonest),
                        testimony.latestTimeToLimit().map(Figures::duration).orElse("never")))
        .orElse("");
  }

  static String suspicion(Testimony testimony) {
    return testimony.suspicions().stream()
        .map(Finding::rule)
        .map(rule -> "Rule " + rule.name() + " holds: " + rule.expression().text() + ".")
        .collect(Collectors.joining(" "));
  }

  static String notSure(Testimony testimony) {
    if (testimony.witnesses(Stance.SUPPORTS).size() == 1) {
      return growing(testimony) + " No second witness supports it.";
    }
    boolean borneOut =
        testimony.is(Witness.Kind.POST_GC_LIVE_HEAP, Stance.SUPPORTS)
            || testimony.witnesses(Stance.SUPPORTS).stream()
                .flatMap(finding -> finding.rule().witness().stream())
                .noneMatch(Witness.Kind::needsTheLiveHeap);
    if (!borneOut) {
      return growing(testimony)
          + " That is no second witness while the post-GC live heap does not grow.";
    }
    return growing(testimony)
        + (testimony.hasBeenAsHigh()
            ? " It has been about as high before and came down again, as with the load."
            : " It has not lasted, or not evenly enough, to tell it from a cache that fills.");
  }

  static String disagreement(Testimony testimony) {
    var against =
        testimony.witnesses(Stance.CONTRADICTS).stream()
            .map(finding -> figures(finding, testimony.features()))
            .collect(Collectors.joining("; "));
    return growing(testimony) + " Against it: " + against + ".";
  }

  static String healthy(Testimony testimony) {
    return testimony.findings().stream()
        .filter(finding -> finding.rule().witness().isPresent())
        .findFirst()
        .map(finding -> "No leak: " + figures(finding, testimony.features()) + ".")
        .orElse("No rule holds.");
  }

  static String abstains(Rule rule, Feature missing, Reason reason, Testimony testimony) {
    return switch (reason) {
      case TOO_FEW_COLLECTIONS ->
          "%d collections since warm-up within the trend horizon, of %d that a trend needs."
              .formatted(
                  Math.round(testimony.features().value(Feature.COLLECTIONS).orElse(0.0)),
                  Feature.TREND_POINTS);
      case TOO_FEW_SAMPLES ->
          "Too few samples so far for %s, which rule %s needs."
              .formatted(missing.celName(), rule.name());
      case MISSING_SIGNAL ->
          "Nothing was ever sampled for %s, which rule %s needs."
              .formatted(missing.celName(), rule.name());
      case WARM_UP, CONTRADICTION, NO_RULE -> throw new IllegalArgumentException(reason.name());
    };
  }

  /** What a witness measured. */
  static String figures(Finding finding, Features features) {
    return finding
        .rule()
        .witness()
        .map(kind -> figures(kind, finding.holds(), features))
        .orElse("");
  }

  private static String figures(Witness.Kind kind, boolean supports, Features features) {
    return switch (kind) {
      case POST_GC_LIVE_HEAP ->
          features
              .liveHeap()
              .map(growth -> trend("post-GC live heap", growth, supports, "collections"))
              .orElse("post-GC live heap unknown");
      case ANONYMOUS_MEMORY ->
          features
              .anonymous()
              .map(growth -> trend("anonymous memory", growth, supports, "readings"))
              .orElse("anonymous memory unknown");
      case MAP_GROWTH -> features.fastestMap().map(Wording::map).orElse("no map spoke");
      case CLASS_GROWTH ->
          features.fastestClass().map(Wording::javaClass).orElse("no class was counted");
      case GOROUTINES -> goroutines(supports, features);
      case COLLECTION_CADENCE ->
          "collections come "
              + Figures.count(1 + features.value(Feature.GC_RATE_GROWTH).orElse(0.0))
              + " times as often in the later half";
      case METASPACE -> gained("metaspace", Feature.METASPACE_GAINED, features);
      case THREADS -> gained("threads", Feature.THREADS_GAINED, features);
      case DIRECT_MEMORY -> gained("direct buffers", Feature.DIRECT_MEMORY_GAINED, features);
      case PAGE_FAULTS ->
          Figures.count(features.value(Feature.PAGE_FAULT_RATE).orElse(0.0)) + " page faults/s";
      case SHARED_MEMORY ->
          "files in memory grow "
              + Figures.bytes(features.value(Feature.SHARED_MEMORY_GROWTH_RATE).orElse(0.0))
              + "/s";
      case KERNEL_MEMORY -> gained("kernel memory", Feature.KERNEL_MEMORY_GAINED, features);
      case OPEN_FILES -> gained("open files", Feature.OPEN_FILES_GAINED, features);
    };
  }

  /** Such as {@code metaspace gained 4.2 MiB}. */
  private static String gained(String what, Feature feature, Features features) {
    double gained = features.value(feature).orElse(0.0);
    if (gained <= 0) {
      return what + " did not keep rising";
    }
    return what
        + " gained "
        + (feature.unit() == Unit.BYTES ? Figures.bytes(gained) : Figures.count(gained));
  }

  private static String map(MapTrend map) {
    return described(map.map())
        + (map.perSecond() > 0
            ? " gains " + Figures.count(map.perSecond()) + " entries/s"
            : " stays at " + Math.round(map.entries()) + " entries");
  }

  /** Such as {@code map[string]*main.session at main.handle (main.go:42)}. */
  private static String described(MapInstance map) {
    var what = map.type().isEmpty() ? "a map" : map.type();
    if (map.site().isEmpty()) {
      return what;
    }
    return what
        + (map.type().isEmpty() ? " written by " : " at ")
        + map.site()
        + (map.location().isEmpty() ? "" : " (" + map.location() + ")");
  }

  /** Such as {@code goroutines gain 2.10/s (95 % at least 2.05), 4210 now}. */
  private static String goroutines(boolean supports, Features features) {
    double now = features.value(Feature.GOROUTINES).orElse(0.0);
    double pace = features.value(Feature.GOROUTINE_GROWTH_RATE).orElse(0.0);
    return supports
        ? "goroutines gain %s/s (95 %% at least %s),%s %.0f now"
            .formatted(
                Figures.count(pace),
                Figures.count(features.value(Feature.GOROUTINE_GROWTH_RATE_LOW).orElse(0.0)),
                features.goroutinesBegan().map(Figures::since).orElse(""),
                now)
        : "%.0f goroutines change by %s/s".formatted(now, Figures.count(pace));
  }

  private static String javaClass(ClassTrend trend) {
    return "instances of "
        + trend.javaClass().name()
        + (trend.perSecond() > 0
            ? " gain " + Figures.count(trend.perSecond()) + "/s"
            : " stay at " + Math.round(trend.instances()));
  }

  private static String trend(String what, Growth growth, boolean supports, String points) {
    return what
        + (supports ? " grows " : " at " + Figures.bytes(growth.level()) + " changes by ")
        + Figures.rate(growth)
        + (supports ? ", " + Figures.perHour(growth.bytesPerSecond()) + "," : "")
        + (supports ? Figures.since(growth) : "")
        + " over "
        + Figures.duration(growth.span())
        + ", "
        + growth.points()
        + " "
        + points
        + (!supports && growth.low() > 0 ? ", too little or not steadily" : "");
  }

  private static String sentence(String text) {
    return text.substring(0, 1).toUpperCase(Locale.ROOT) + text.substring(1) + ".";
  }
}

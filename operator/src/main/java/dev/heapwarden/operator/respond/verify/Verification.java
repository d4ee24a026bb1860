package dev.heapwarden.operator.respond.verify;

import static java.util.stream.Collectors.joining;

import dev.heapwarden.crds.Durations;
import dev.heapwarden.crds.incident.Finding;
import dev.heapwarden.crds.policy.Observe;
import dev.heapwarden.operator.evaluate.Assessment;
import dev.heapwarden.operator.respond.journal.Texts;
import dev.heapwarden.operator.respond.verify.Comparison.Better;
import dev.heapwarden.operator.respond.verify.Comparison.Gone;
import dev.heapwarden.operator.respond.verify.Comparison.Open;
import dev.heapwarden.operator.respond.verify.Comparison.Same;
import dev.heapwarden.operator.respond.verify.Decision.Trend;
import dev.heapwarden.operator.respond.verify.Decision.Trend.Kind;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Whether the intervention helped. A restart resets a leak, so growth is compared, not size; a leak
 * is called gone only when the new containers are as old as the one that leaked was or as the
 * policy looks back, and the worst container speaks for all.
 *
 * @param before the leak when the response began
 * @param began when verification began
 * @param changedAt when the last change was made: only containers started since then count
 * @param allNew whether the change replaces every pod
 */
public record Verification(
    Finding before, Observe observe, Instant began, Instant changedAt, boolean allNew) {
  /** Whole seconds are what Kubernetes and the agents say of a container's start. */
  private static final Duration ROUNDING = Duration.ofSeconds(2);

  /** Windows that an answer which ends well must last, and one that does not. */
  private static final int WINDOWS_BETTER = 1;

  private static final int WINDOWS_OTHERWISE = 3;

  private static final Duration SHORTEST_DEADLINE = Duration.ofMinutes(30);

  /**
   * Judges what is known now.
   *
   * @param assessments of the workload's containers, isolated ones too
   * @param soFar what was written down after the last look
   */
  public Decision decide(Collection<Assessment> assessments, Trend soFar, Instant now) {
    var serving = assessments.stream().filter(a -> !a.quarantined()).toList();
    var started =
        serving.stream()
            .collect(
                Collectors.partitioningBy(a -> !startedAt(a).isBefore(changedAt.minus(ROUNDING))));
    var fresh = started.getOrDefault(true, List.of());
    var stale = started.getOrDefault(false, List.of());
    if (now.isAfter(deadline())) {
      return new Decision.GiveUp(
          "after %s of verification it cannot be told whether it helped: %s"
              .formatted(Texts.duration(Duration.between(began, now)), open(fresh, stale)));
    }
    if (fresh.isEmpty() || (allNew && !stale.isEmpty())) {
      return new Decision.GoOn(new Trend(Kind.NOTHING, now), open(fresh, stale));
    }
    var comparisons =
        fresh.stream().collect(Collectors.toMap(a -> a, a -> Comparison.of(before, a)));
    return judge(comparisons, soFar);
  }

  private Decision judge(Map<Assessment, Comparison> comparisons, Trend soFar) {
    var newest =
        comparisons.keySet().stream()
            .map(Assessment::at)
            .max(Comparator.naturalOrder())
            .orElseThrow();
    var youngest =
        comparisons.keySet().stream()
            .map(Assessment::containerAge)
            .min(Comparator.naturalOrder())
            .orElseThrow();
    var kind = worst(comparisons.values());
    var trend = kind == soFar.kind() ? soFar : new Trend(kind, newest);
    var lasted = Duration.between(trend.since(), newest);
    var text = figures(comparisons.values(), kind);
    boolean enough =
        switch (kind) {
          case NOTHING -> false;
          case GONE -> lasts(lasted, WINDOWS_OTHERWISE) && isOld(youngest, horizon());
          case BETTER -> lasts(lasted, WINDOWS_BETTER) && isOld(youngest, twoWindows());
          case SAME -> lasts(lasted, WINDOWS_OTHERWISE) && isOld(youngest, twoWindows());
        };
    if (!enough) {
      return new Decision.GoOn(
          trend,
          switch (kind) {
            case NOTHING -> "too little is known of the new containers";
            case GONE ->
                "no growth is seen so far; waiting until the containers are as old as when it"
                    + " leaked";
            case BETTER -> "growth is lower so far; waiting for one more window";
            case SAME -> "growth is not lower so far";
          });
    }
    return switch (kind) {
      case NOTHING -> throw new IllegalStateException("nothing is never enough");
      case GONE -> new Decision.Resolved(text);
      case BETTER -> new Decision.Mitigated(text);
      case SAME -> new Decision.TakeBack(text);
    };
  }

  private static Kind worst(Collection<Comparison> comparisons) {
    if (comparisons.stream().anyMatch(Same.class::isInstance)) {
      return Kind.SAME;
    }
    if (comparisons.stream().anyMatch(Open.class::isInstance)) {
      return Kind.NOTHING;
    }
    return comparisons.stream().anyMatch(Better.class::isInstance) ? Kind.BETTER : Kind.GONE;
  }

  private static String figures(Collection<Comparison> comparisons, Kind kind) {
    return comparisons.stream()
        .filter(
            comparison ->
                switch (comparison) {
                  case Gone _ -> kind == Kind.GONE;
                  case Better _ -> kind == Kind.BETTER;
                  case Same _ -> kind == Kind.SAME;
                  case Open _ -> kind == Kind.NOTHING;
                })
        .map(Comparison::text)
        .sorted()
        .findFirst()
        .orElse("");
  }

  private String open(List<Assessment> fresh, List<Assessment> stale) {
    if (allNew && !stale.isEmpty()) {
      return "waiting until the old pods are gone: "
          + stale.stream().map(a -> a.container().pod()).sorted().collect(joining(", "));
    }
    if (fresh.isEmpty()) {
      return "no container that started after the change is assessed yet";
    }
    return fresh.stream()
        .map(a -> Comparison.of(before, a).text())
        .sorted()
        .limit(3)
        .collect(joining("; "));
  }

  private static Instant startedAt(Assessment assessment) {
    return assessment.at().minus(assessment.containerAge());
  }

  private boolean lasts(Duration lasted, int windows) {
    return lasted.compareTo(window().multipliedBy(windows)) >= 0;
  }

  /** As old as the leaking container was, or old enough for the case at hand. */
  private boolean isOld(Duration age, Duration enough) {
    var asThen = Duration.ofSeconds(before.containerAgeSeconds());
    return age.compareTo(asThen.compareTo(enough) < 0 ? asThen : enough) >= 0;
  }

  /** A leak that needed hours to show cannot be called gone after minutes. */
  private Duration horizon() {
    return Durations.parse(observe.trendHorizon());
  }

  private Duration twoWindows() {
    return Durations.parse(observe.warmUp()).plus(window().multipliedBy(2));
  }

  private Duration window() {
    return Durations.parse(observe.window());
  }

  private Instant deadline() {
    var age = Duration.ofSeconds(before.containerAgeSeconds());
    var needed = age.compareTo(horizon()) < 0 ? age : horizon();
    var patient = needed.plus(Durations.parse(observe.warmUp())).plus(window().multipliedBy(8));
    return began.plus(patient.compareTo(SHORTEST_DEADLINE) < 0 ? SHORTEST_DEADLINE : patient);
  }
}

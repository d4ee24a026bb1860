package dev.heapwarden.operator.incident;

import dev.heapwarden.crds.incident.Finding;
import dev.heapwarden.detection.verdict.Growth;
import dev.heapwarden.detection.verdict.Verdict;
import dev.heapwarden.operator.evaluate.Assessment;
import dev.heapwarden.operator.evaluate.Names;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** From the assessments of a workload's containers to the one finding of its incident. */
public final class Findings {
  /** Figures alone are written this often at most. */
  private static final Duration FIGURES_EVERY = Duration.ofSeconds(30);

  private Findings() {}

  /** The assessment that shows the leak most; empty when none shows it. */
  static Optional<Assessment> worst(List<Assessment> assessments) {
    return assessments.stream()
        .filter(Findings::leaks)
        .max(
            Comparator.<Assessment>comparingInt(
                    assessment -> assessment.verdict() instanceof Verdict.Confirmed ? 1 : 0)
                .thenComparingDouble(Findings::growthOf));
  }

  /** What an incident says of the worst one. */
  public static Finding of(Assessment worst, List<Assessment> assessments) {
    var evidence = worst.verdict().evidence();
    var growth = evidence.growth();
    var timeToLimit = evidence.timeToLimit();
    return new Finding(
        worst.verdict().name(),
        Names.runtime(worst.runtime()),
        Names.camel(evidence.layer()),
        Names.camel(evidence.cause()),
        evidence.sentence(),
        growth == null ? 0 : growth.bytesPerSecond(),
        growth == null ? 0 : growth.low(),
        growth == null ? 0 : growth.high(),
        growth == null
            ? null
            : Math.round(growth.bytesPerSecond() * growth.span().toMillis() / 1e3),
        timeToLimit == null ? null : timeToLimit.toSeconds(),
        worst.container().pod(),
        worst.container().podUid(),
        worst.containerAge().toSeconds(),
        (int)
            assessments.stream()
                .filter(Findings::leaks)
                .map(assessment -> assessment.container().podUid())
                .distinct()
                .count(),
        evidence.witnesses().stream()
            .map(
                witness ->
                    new Finding.Witness(
                        Names.camel(witness.kind()),
                        Names.camel(witness.stance()),
                        witness.message()))
            .toList(),
        worst.at().truncatedTo(ChronoUnit.SECONDS).toString());
  }

  /** True when a person would want to see the fresh finding in place of the old one now. */
  static boolean worthWriting(Finding old, Finding fresh) {
    var sameStory =
        old.verdict().equals(fresh.verdict())
            && old.layer().equals(fresh.layer())
            && old.cause().equals(fresh.cause())
            && old.podUid().equals(fresh.podUid())
            && old.pods() == fresh.pods();
    return !sameStory
        || !Instant.parse(fresh.at()).isBefore(Instant.parse(old.at()).plus(FIGURES_EVERY));
  }

  static boolean leaks(Assessment assessment) {
    return switch (assessment.verdict()) {
      case Verdict.Confirmed _, Verdict.Suspected _ -> true;
      case Verdict.Healthy _, Verdict.Inconclusive _ -> false;
    };
  }

  private static double growthOf(Assessment assessment) {
    var growth = assessment.verdict().evidence().growth();
    return growth == null ? Double.NEGATIVE_INFINITY : growth.bytesPerSecond();
  }

  static double lowest(Assessment assessment) {
    Growth growth = assessment.verdict().evidence().growth();
    return growth == null ? Double.NEGATIVE_INFINITY : growth.low();
  }
}

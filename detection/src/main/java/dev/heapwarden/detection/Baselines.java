package dev.heapwarden.detection;

import dev.heapwarden.detection.verdict.Evidence;
import dev.heapwarden.detection.verdict.Growth;
import dev.heapwarden.detection.verdict.Verdict;
import java.time.Duration;
import java.util.Optional;

/**
 * What is known of other containers of the same workload at the same age. A cache that fills looks
 * like a leak for as long as it fills; whoever has seen one fill knows better.
 *
 * @param siblings older ones of the same revision
 * @param before those of the revision before
 */
public record Baselines(Optional<Baseline> siblings, Optional<Baseline> before) {
  public static final Baselines NONE = new Baselines(Optional.empty(), Optional.empty());

  /**
   * The verdict beside them: with how the revision before grew at this age, and no more than
   * Suspected where others grew as fast and stopped, if there is time to wait for that.
   *
   * @param age of the container
   */
  public Verdict beside(Verdict verdict, Duration age) {
    var evidence = verdict.evidence();
    var growth = evidence.growth();
    if (growth == null || growth.bytesPerSecond() <= 0) {
      return verdict;
    }
    return switch (verdict) {
      case Verdict.Healthy _, Verdict.Inconclusive _ -> verdict;
      case Verdict.Suspected _ -> new Verdict.Suspected(told(evidence, growth));
      case Verdict.Confirmed _ ->
          filling(siblings, evidence, growth, age) || filling(before, evidence, growth, age)
              ? new Verdict.Suspected(told(evidence, growth))
              : new Verdict.Confirmed(told(evidence, growth));
    };
  }

  private static boolean filling(
      Optional<Baseline> others, Evidence evidence, Growth growth, Duration age) {
    var left = evidence.timeToLimit();
    return others
        .filter(baseline -> baseline.filled(growth))
        .flatMap(Baseline::levelAt)
        .filter(levelAt -> left == null || age.plus(left).compareTo(levelAt) > 0)
        .isPresent();
  }

  private Evidence told(Evidence evidence, Growth growth) {
    return evidence.with(
        evidence.sentence()
            + siblings
                .filter(baseline -> baseline.filled(growth))
                .map(baseline -> filled("Older pods of this revision", baseline))
                .orElse("")
            + before.map(baseline -> before(baseline, growth)).orElse(""));
  }

  private static String before(Baseline baseline, Growth growth) {
    if (baseline.filled(growth)) {
      return filled("Pods of the revision before", baseline);
    }
    if (baseline.didNotGrow(growth)) {
      return " It began with this revision: the one before did not grow at this age.";
    }
    return baseline.grewAsFast(growth)
        ? " The revision before grew as fast at this age."
        : " The revision before grew by "
            + Figures.perHour(baseline.bytesPerSecond())
            + " at this age.";
  }

  private static String filled(String who, Baseline baseline) {
    return baseline
        .levelAt()
        .map(
            age ->
                " %s grew as fast and stopped at the age of %s."
                    .formatted(who, Figures.duration(age)))
        .orElse("");
  }
}

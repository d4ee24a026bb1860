package dev.heapwarden.detection;

import dev.heapwarden.detection.verdict.Evidence;
import dev.heapwarden.detection.verdict.Growth;
import dev.heapwarden.detection.verdict.Verdict;

/**
 * How the containers of the revision before grew when they were as old as the one that is judged.
 *
 * @param bytesPerSecond of the one that grew fastest
 * @param suspected whether one of them was suspected at least
 */
public record Baseline(double bytesPerSecond, boolean suspected) {
  /** Of the growth, what counts as the same: load is never quite alike. */
  private static final double AS_FAST = 0.8;

  /** Of the growth, what counts as none beside it. */
  private static final double NONE = 0.2;

  /** The same verdict, which says of growth whether it is new. */
  public Verdict beside(Verdict verdict) {
    var evidence = verdict.evidence();
    var growth = evidence.growth();
    if (growth == null || growth.bytesPerSecond() <= 0) {
      return verdict;
    }
    return switch (verdict) {
      case Verdict.Healthy _, Verdict.Inconclusive _ -> verdict;
      case Verdict.Suspected _ -> new Verdict.Suspected(told(evidence, growth));
      case Verdict.Confirmed _ -> new Verdict.Confirmed(told(evidence, growth));
    };
  }

  private Evidence told(Evidence evidence, Growth growth) {
    return evidence.with(evidence.sentence() + sentence(growth));
  }

  private String sentence(Growth growth) {
    if (!suspected && bytesPerSecond <= NONE * growth.bytesPerSecond()) {
      return " It began with this revision: the one before did not grow at this age.";
    }
    return bytesPerSecond >= AS_FAST * growth.bytesPerSecond()
        ? " The revision before grew as fast at this age."
        : " The revision before grew by " + Figures.perHour(bytesPerSecond) + " at this age.";
  }
}

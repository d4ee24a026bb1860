package dev.heapwarden.detection;

import dev.heapwarden.detection.feature.Feature;
import dev.heapwarden.detection.rule.Outcome;
import dev.heapwarden.detection.sample.Signal;
import dev.heapwarden.detection.verdict.Growth;
import dev.heapwarden.detection.verdict.Verdict;
import dev.heapwarden.detection.verdict.Verdict.Inconclusive.Reason;
import dev.heapwarden.detection.verdict.Witness;
import dev.heapwarden.detection.verdict.Witness.Stance;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * From what the rules said to a verdict.
 *
 * @param saw whether a signal was ever sampled
 * @param age of the container
 */
record Judgement(Testimony testimony, Predicate<Signal> saw, Duration age, Settings settings) {
  /**
   * Of the trend horizon, what growth must have lasted: 25 min of 6 h. What fills has filled by
   * then.
   */
  private static final double LASTING = 0.07;

  /**
   * The same of growth that began after a time without: a morning's load does so too, and takes an
   * hour or two to come.
   */
  private static final double LASTING_AFTER_A_STILL_TIME = 0.33;

  Verdict verdict() {
    if (age.compareTo(settings.warmUp()) < 0) {
      return inconclusive(Reason.WARM_UP, Wording.warmUp(age, settings.warmUp()));
    }
    if (testimony.findings().isEmpty()) {
      return inconclusive(Reason.NO_RULE, "No rule speaks of this runtime.");
    }
    var tooFewCollections =
        testimony.growsBesideTheHeap()
            ? Optional.<Finding>empty()
            : firstAbstention(Reason.TOO_FEW_COLLECTIONS);
    int supporting = testimony.witnesses(Stance.SUPPORTS).size();
    boolean contradicted =
        !testimony.witnesses(Stance.CONTRADICTS).isEmpty() && !testimony.growsBesideTheHeap();
    if (tooFewCollections.isEmpty() && !contradicted && testimony.isSure() && isOldEnough()) {
      return new Verdict.Confirmed(testimony.evidence(Wording.confirmed(testimony)));
    }
    // A rule that is no witness suspects, whatever the witnesses say, and never more.
    if (!testimony.suspicions().isEmpty()) {
      return new Verdict.Suspected(testimony.evidence(Wording.suspicion(testimony)));
    }
    if (tooFewCollections.isPresent()) {
      return abstain(tooFewCollections.get());
    }
    if (supporting >= 2 && contradicted) {
      return inconclusive(Reason.CONTRADICTION, Wording.disagreement(testimony));
    }
    if (supporting >= 1 && !isPartOfFlatHeap()) {
      return new Verdict.Suspected(testimony.evidence(Wording.notSure(testimony)));
    }
    return firstThatKeepsFromHealthy()
        .map(this::abstain)
        .orElseGet(() -> new Verdict.Healthy(testimony.evidence(Wording.healthy(testimony))));
  }

  /**
   * It has lasted, or there is no time left to wait until it has. Growth that began after a time
   * without must have lasted some time in either case: so does a load that comes.
   */
  private boolean isOldEnough() {
    var filling = testimony.filling();
    if (filling.filter(this::hasJustBegun).isPresent()) {
      return false;
    }
    return filling.filter(this::hasLasted).isPresent()
        || testimony.timeToLimit().filter(left -> left.compareTo(horizon(LASTING)) < 0).isPresent();
  }

  private boolean hasLasted(Growth growth) {
    return growth.span().compareTo(horizon(isNew(growth) ? LASTING_AFTER_A_STILL_TIME : LASTING))
        >= 0;
  }

  private boolean hasJustBegun(Growth growth) {
    return isNew(growth) && growth.span().compareTo(horizon(LASTING)) < 0;
  }

  private static boolean isNew(Growth growth) {
    return growth.since() != null;
  }

  private Duration horizon(double share) {
    return Duration.ofMillis(Math.round(share * settings.trendHorizon().toMillis()));
  }

  /**
   * A map that only just filled still looks as if it grew, since it is silent when it is full; so
   * may a class that is not counted again. The live heap, which holds them and everything else,
   * knows better.
   */
  private boolean isPartOfFlatHeap() {
    return (testimony.is(Witness.Kind.MAP_GROWTH, Stance.SUPPORTS)
            || testimony.is(Witness.Kind.CLASS_GROWTH, Stance.SUPPORTS))
        && testimony.is(Witness.Kind.POST_GC_LIVE_HEAP, Stance.CONTRADICTS);
  }

  /**
   * A rule that could not be asked. One that can be done without keeps nobody from being healthy,
   * unless there is no other.
   */
  private Optional<Finding> firstThatKeepsFromHealthy() {
    boolean anyAnswered =
        testimony.findings().stream()
            .anyMatch(finding -> !(finding.outcome() instanceof Outcome.Abstains));
    return testimony.findings().stream()
        .filter(
            finding ->
                finding.outcome() instanceof Outcome.Abstains(Feature missing, _)
                    && !(anyAnswered && missing.isDispensable()))
        .findFirst();
  }

  private Optional<Finding> firstAbstention(Reason reason) {
    return testimony.findings().stream()
        .filter(
            finding ->
                finding.outcome() instanceof Outcome.Abstains abstains
                    && reason(abstains) == reason)
        .findFirst();
  }

  private Verdict abstain(Finding finding) {
    if (!(finding.outcome() instanceof Outcome.Abstains abstains)) {
      throw new IllegalArgumentException("rule " + finding.rule().name() + " does not abstain");
    }
    var reason = reason(abstains);
    return inconclusive(
        reason, Wording.abstains(finding.rule(), abstains.missing(), reason, testimony));
  }

  private Reason reason(Outcome.Abstains abstains) {
    var signal = abstains.missing().signal();
    boolean collects = saw.test(Signal.POST_GC_LIVE_HEAP) || saw.test(Signal.COLLECTIONS);
    double collections = testimony.features().value(Feature.COLLECTIONS).orElse(0.0);
    if (signal == Signal.POST_GC_LIVE_HEAP && collects && collections < Feature.TREND_POINTS) {
      return Reason.TOO_FEW_COLLECTIONS;
    }
    return saw.test(signal) ? Reason.TOO_FEW_SAMPLES : Reason.MISSING_SIGNAL;
  }

  private Verdict inconclusive(Reason reason, String sentence) {
    return new Verdict.Inconclusive(reason, testimony.evidence(sentence));
  }
}

package dev.heapwarden.detection.rule;

import dev.heapwarden.detection.feature.Features;
import dev.heapwarden.detection.sample.RuntimeKind;
import dev.heapwarden.detection.verdict.Layer;
import dev.heapwarden.detection.verdict.Witness;
import java.util.Optional;
import java.util.function.IntFunction;

/**
 * A compiled rule.
 *
 * @param runtime that it is for; empty for any
 * @param witness that it speaks as; empty for a rule that only raises a suspicion, such as any of a
 *     user's own
 * @param contradicts empty where it cannot contradict
 */
public record Rule(
    String name,
    Layer layer,
    Optional<RuntimeKind> runtime,
    Optional<Witness.Kind> witness,
    Expression expression,
    Optional<Expression> contradicts,
    int forWindows) {
  /** Two presets may name a rule alike: no container is asked both. */
  boolean isMistakenFor(Rule other) {
    return name.equals(other.name)
        && (runtime.isEmpty() || other.runtime.isEmpty() || runtime.equals(other.runtime));
  }

  boolean speaksOf(RuntimeKind kind) {
    return runtime.isEmpty() || runtime.get() == kind;
  }

  /**
   * Asks the rule for as many disjoint windows as it wants.
   *
   * @param featuresBefore the features as many windows ago; asked for only as far as needed
   */
  public Outcome apply(IntFunction<Features> featuresBefore) {
    for (int ago = 0; ago < forWindows; ago++) {
      var features = featuresBefore.apply(ago);
      var missing = expression.missing(features);
      if (missing.isPresent()) {
        return new Outcome.Abstains(missing.get(), ago);
      }
      if (!expression.holds(features)) {
        return isContradicted(featuresBefore.apply(0))
            ? new Outcome.Contradicted()
            : new Outcome.DoesNotHold();
      }
    }
    return new Outcome.Holds();
  }

  private boolean isContradicted(Features features) {
    return contradicts
        .filter(expression -> expression.missing(features).isEmpty() && expression.holds(features))
        .isPresent();
  }
}

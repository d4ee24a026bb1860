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
 * @param confirms empty where its support is enough for Confirmed
 * @param contradicts empty where it cannot contradict
 */
public record Rule(
    String name,
    Layer layer,
    Optional<RuntimeKind> runtime,
    Optional<Witness.Kind> witness,
    Expression expression,
    Optional<Expression> confirms,
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
    if (is(confirms, featuresBefore.apply(0))) {
      return new Outcome.Holds(true);
    }
    for (int ago = 0; ago < forWindows; ago++) {
      var features = featuresBefore.apply(ago);
      var missing = expression.missing(features);
      if (missing.isPresent()) {
        return new Outcome.Abstains(missing.get(), ago);
      }
      if (!expression.holds(features)) {
        return is(contradicts, featuresBefore.apply(0))
            ? new Outcome.Contradicted()
            : new Outcome.DoesNotHold();
      }
    }
    // What was sure a window ago and goes on is sure: it need not show its evenness at each moment.
    return new Outcome.Holds(confirms.isEmpty() || is(confirms, featuresBefore.apply(1)));
  }

  private static boolean is(Optional<Expression> condition, Features features) {
    return condition
        .filter(expression -> expression.missing(features).isEmpty() && expression.holds(features))
        .isPresent();
  }
}

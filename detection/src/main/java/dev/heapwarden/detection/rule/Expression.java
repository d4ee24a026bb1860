package dev.heapwarden.detection.rule;

import dev.cel.runtime.CelEvaluationException;
import dev.cel.runtime.CelRuntime;
import dev.heapwarden.detection.feature.Feature;
import dev.heapwarden.detection.feature.Features;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** A compiled CEL expression and the features it names. */
public final class Expression {
  private final String text;
  private final CelRuntime.Program program;
  private final Set<Feature> names;

  Expression(String text, CelRuntime.Program program, Set<Feature> names) {
    this.text = text;
    this.program = program;
    this.names = names;
  }

  public String text() {
    return text;
  }

  /** The first feature that it names and that is absent. */
  Optional<Feature> missing(Features features) {
    return names.stream().filter(name -> features.value(name).isEmpty()).findFirst();
  }

  /** Every feature that it names must be there. */
  boolean holds(Features features) {
    var variables = new HashMap<String, Object>(Dialect.CONSTANTS);
    for (var name : names) {
      variables.put(name.celName(), features.value(name).orElseThrow());
    }
    try {
      return (boolean) program.eval(Map.copyOf(variables));
    } catch (CelEvaluationException e) {
      throw new IllegalStateException(
          "a compiled rule over doubles and booleans always has a value: " + text, e);
    }
  }
}

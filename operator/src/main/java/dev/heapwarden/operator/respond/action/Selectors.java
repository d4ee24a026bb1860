package dev.heapwarden.operator.respond.action;

import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.LabelSelectorRequirement;
import io.fabric8.kubernetes.api.model.Service;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Which labels a selector matches, as the API server reads it. */
final class Selectors {
  private Selectors() {}

  /** A Service without a selector selects nothing. */
  static boolean matches(Service service, Map<String, String> labels) {
    var selector = service.getSpec() == null ? null : service.getSpec().getSelector();
    return selector != null
        && !selector.isEmpty()
        && labels.entrySet().containsAll(selector.entrySet());
  }

  /** An absent selector selects nothing, an empty one everything. */
  static boolean matches(@Nullable LabelSelector selector, Map<String, String> labels) {
    if (selector == null) {
      return false;
    }
    var equal = selector.getMatchLabels();
    var expressions = selector.getMatchExpressions();
    return (equal == null || labels.entrySet().containsAll(equal.entrySet()))
        && (expressions == null || expressions.stream().allMatch(e -> matches(e, labels)));
  }

  /** Keys of which a new value takes a pod out of the selector. */
  static Set<String> breakableKeys(LabelSelector selector) {
    var keys = new HashSet<String>();
    if (selector.getMatchLabels() != null) {
      keys.addAll(selector.getMatchLabels().keySet());
    }
    if (selector.getMatchExpressions() != null) {
      selector.getMatchExpressions().stream()
          .filter(expression -> expression.getOperator().equals("In"))
          .forEach(expression -> keys.add(expression.getKey()));
    }
    return keys;
  }

  private static boolean matches(LabelSelectorRequirement expression, Map<String, String> labels) {
    var value = labels.get(expression.getKey());
    return switch (expression.getOperator()) {
      case "In" -> value != null && expression.getValues().contains(value);
      case "NotIn" -> value == null || !expression.getValues().contains(value);
      case "Exists" -> value != null;
      case "DoesNotExist" -> value == null;
      default -> throw new IllegalStateException("selector operator " + expression.getOperator());
    };
  }
}

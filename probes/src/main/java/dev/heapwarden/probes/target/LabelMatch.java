package dev.heapwarden.probes.target;

import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.LabelSelectorRequirement;
import java.util.List;
import java.util.Map;

/** Label selectors as Kubernetes defines them (apimachinery, LabelSelectorAsSelector). */
final class LabelMatch {
  private LabelMatch() {}

  static boolean matches(LabelSelector selector, Map<String, String> labels) {
    Map<String, String> exact =
        selector.getMatchLabels() == null ? Map.of() : selector.getMatchLabels();
    List<LabelSelectorRequirement> requirements =
        selector.getMatchExpressions() == null ? List.of() : selector.getMatchExpressions();
    if (exact.isEmpty() && requirements.isEmpty()) {
      return false;
    }
    return exact.entrySet().stream()
            .allMatch(wanted -> wanted.getValue().equals(labels.get(wanted.getKey())))
        && requirements.stream().allMatch(requirement -> holds(requirement, labels));
  }

  private static boolean holds(LabelSelectorRequirement requirement, Map<String, String> labels) {
    var value = labels.get(requirement.getKey());
    List<String> values = requirement.getValues() == null ? List.of() : requirement.getValues();
    return switch (requirement.getOperator()) {
      case "In" -> value != null && values.contains(value);
      case "NotIn" -> value == null || !values.contains(value);
      case "Exists" -> value != null;
      case "DoesNotExist" -> value == null;
      default -> false;
    };
  }
}

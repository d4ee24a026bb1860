package dev.heapwarden.crds.policy;

import dev.heapwarden.crds.Api;
import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.LabelSelectorRequirement;
import io.fabric8.kubernetes.api.model.Pod;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Which policy governs a pod. The agent asks it as the operator does, so that what is watched is
 * what is judged.
 */
public final class Governing {
  /**
   * The oldest policy wins; of the same second the first by name. One that is being deleted only
   * governs what no other does.
   */
  private static final Comparator<MemoryPolicy> PRECEDENCE =
      Comparator.comparing(MemoryPolicy::isMarkedForDeletion)
          .thenComparing(
              (MemoryPolicy policy) ->
                  Objects.requireNonNullElse(policy.getMetadata().getCreationTimestamp(), ""))
          .thenComparing(policy -> policy.getMetadata().getName());

  private Governing() {}

  /**
   * Of the policies that select the pod the oldest that nobody deletes.
   *
   * @param policies of any namespaces
   */
  public static Optional<MemoryPolicy> policy(Pod pod, Collection<MemoryPolicy> policies) {
    return policies.stream().filter(policy -> selects(policy, pod)).min(PRECEDENCE);
  }

  /**
   * Whether the policy selects the pod, of its own namespace. An isolated pod stays with the policy
   * that it was isolated under, whatever its labels say now.
   */
  public static boolean selects(MemoryPolicy policy, Pod pod) {
    var metadata = pod.getMetadata();
    if (!policy.getMetadata().getNamespace().equals(metadata.getNamespace())) {
      return false;
    }
    var labels = orEmpty(metadata.getLabels());
    return labels.containsKey(Api.QUARANTINE_LABEL)
        ? policy
            .getMetadata()
            .getName()
            .equals(orEmpty(metadata.getAnnotations()).get(Api.POLICY_ANNOTATION))
        : matches(policy.getSpec().selector(), labels);
  }

  /** Kubernetes 1.35 apimachinery, LabelSelectorAsSelector; but an empty selector is nobody. */
  private static boolean matches(LabelSelector selector, Map<String, String> labels) {
    var equal = orEmpty(selector.getMatchLabels());
    var expressions = orEmpty(selector.getMatchExpressions());
    return !(equal.isEmpty() && expressions.isEmpty())
        && labels.entrySet().containsAll(equal.entrySet())
        && expressions.stream().allMatch(expression -> holds(expression, labels));
  }

  /** NotIn also holds where the label is absent. */
  private static boolean holds(LabelSelectorRequirement expression, Map<String, String> labels) {
    var value = labels.get(expression.getKey());
    var values = orEmpty(expression.getValues());
    return switch (expression.getOperator()) {
      case "In" -> value != null && values.contains(value);
      case "NotIn" -> value == null || !values.contains(value);
      case "Exists" -> value != null;
      case "DoesNotExist" -> value == null;
      default -> false;
    };
  }

  private static Map<String, String> orEmpty(@Nullable Map<String, String> map) {
    return map == null ? Map.of() : map;
  }

  private static <T> List<T> orEmpty(@Nullable List<T> list) {
    return list == null ? List.of() : list;
  }
}

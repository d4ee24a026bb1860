package dev.heapwarden.operator.evaluate;

import dev.heapwarden.crds.Api;
import dev.heapwarden.crds.policy.MemoryPolicy;
import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.LabelSelectorRequirement;
import io.fabric8.kubernetes.api.model.Pod;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Which pods a policy governs: of the policies that select a pod the oldest one.
 *
 * @param governed running pods that this policy governs
 * @param lost names of the running pods that it selects and an older policy governs, by that
 *     policy's name
 */
record Governance(List<Pod> governed, Map<String, List<String>> lost) {
  private static final Comparator<MemoryPolicy> OLDEST_FIRST =
      Comparator.<MemoryPolicy, String>comparing(
              policy -> policy.getMetadata().getCreationTimestamp())
          .thenComparing(policy -> policy.getMetadata().getName());

  Governance {
    governed = List.copyOf(governed);
    lost = Map.copyOf(lost);
  }

  /**
   * Divides the pods of a namespace.
   *
   * @param all policies of the namespace, this one included
   */
  static Governance of(MemoryPolicy policy, Collection<MemoryPolicy> all, Collection<Pod> pods) {
    var governed = new ArrayList<Pod>();
    var lost = new TreeMap<String, List<String>>();
    var name = policy.getMetadata().getName();
    for (var pod : pods) {
      var winner = governing(pod, all).map(found -> found.getMetadata().getName());
      if (winner.isEmpty() || !running(pod)) {
        continue;
      }
      if (winner.get().equals(name)) {
        governed.add(pod);
      } else if (selects(policy, pod)) {
        lost.computeIfAbsent(winner.get(), _ -> new ArrayList<>()).add(pod.getMetadata().getName());
      }
    }
    governed.sort(Comparator.comparing(pod -> pod.getMetadata().getName()));
    lost.values().forEach(names -> names.sort(Comparator.naturalOrder()));
    return new Governance(governed, lost);
  }

  /** An isolated pod has other labels, and stays with the policy that it was isolated under. */
  static Optional<MemoryPolicy> governing(Pod pod, Collection<MemoryPolicy> all) {
    return all.stream().filter(policy -> selects(policy, pod)).min(OLDEST_FIRST);
  }

  static boolean selects(MemoryPolicy policy, Pod pod) {
    if (Workloads.quarantine(pod) != null) {
      var annotations = pod.getMetadata().getAnnotations();
      return annotations != null
          && policy.getMetadata().getName().equals(annotations.get(Api.POLICY_ANNOTATION));
    }
    var labels = pod.getMetadata().getLabels();
    return matches(policy.getSpec().selector(), labels == null ? Map.of() : labels);
  }

  private static boolean running(Pod pod) {
    return pod.getStatus() != null
        && "Running".equals(pod.getStatus().getPhase())
        && pod.getMetadata().getDeletionTimestamp() == null;
  }

  private static boolean matches(LabelSelector selector, Map<String, String> labels) {
    var equal = selector.getMatchLabels();
    var expressions = selector.getMatchExpressions();
    return (equal == null || labels.entrySet().containsAll(equal.entrySet()))
        && (expressions == null
            || expressions.stream().allMatch(requirement -> matches(requirement, labels)));
  }

  /** As the API server defines it: NotIn also holds where the label is absent. */
  private static boolean matches(LabelSelectorRequirement requirement, Map<String, String> labels) {
    var present = labels.containsKey(requirement.getKey());
    var value = labels.get(requirement.getKey());
    return switch (requirement.getOperator()) {
      case "In" -> present && requirement.getValues().contains(value);
      case "NotIn" -> !present || !requirement.getValues().contains(value);
      case "Exists" -> present;
      case "DoesNotExist" -> !present;
      default -> false;
    };
  }
}

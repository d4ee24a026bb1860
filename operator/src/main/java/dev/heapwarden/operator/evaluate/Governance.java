package dev.heapwarden.operator.evaluate;

import dev.heapwarden.crds.policy.Governing;
import dev.heapwarden.crds.policy.MemoryPolicy;
import io.fabric8.kubernetes.api.model.Pod;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Which pods a policy governs: of the policies that select a pod the oldest one.
 *
 * @param governed running pods that this policy governs
 * @param lost names of the running pods that it selects and an older policy governs, by that
 *     policy's name
 */
record Governance(List<Pod> governed, Map<String, List<String>> lost) {
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
      var winner = Governing.policy(pod, all).map(found -> found.getMetadata().getName());
      if (winner.isEmpty() || !running(pod)) {
        continue;
      }
      if (winner.get().equals(name)) {
        governed.add(pod);
      } else if (Governing.selects(policy, pod)) {
        lost.computeIfAbsent(winner.get(), _ -> new ArrayList<>()).add(pod.getMetadata().getName());
      }
    }
    governed.sort(Comparator.comparing(pod -> pod.getMetadata().getName()));
    lost.values().forEach(names -> names.sort(Comparator.naturalOrder()));
    return new Governance(governed, lost);
  }

  private static boolean running(Pod pod) {
    return pod.getStatus() != null
        && "Running".equals(pod.getStatus().getPhase())
        && pod.getMetadata().getDeletionTimestamp() == null;
  }
}

package dev.heapwarden.operator.evaluate;

import dev.heapwarden.detection.sample.ContainerKey;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** The newest assessments, by policy, in memory only. */
public final class AssessmentBook implements Assessments {
  private final Map<String, Page> pages = new ConcurrentHashMap<>();

  @Override
  public List<Assessment> of(String workloadUid, String container) {
    return pages.values().stream()
        .flatMap(page -> page.assessments().values().stream())
        .filter(
            assessment ->
                assessment.workloadUid().equals(workloadUid)
                    && assessment.container().container().equals(container))
        .toList();
  }

  /** Containers whose newest verdict has this name. */
  public long count(String verdict) {
    return pages.values().stream()
        .flatMap(page -> page.assessments().values().stream())
        .filter(assessment -> assessment.verdict().name().equals(verdict))
        .count();
  }

  /** The newest assessment of a container under the policy as it was in this generation. */
  Optional<Assessment> last(String policyUid, long generation, ContainerKey key) {
    var page = pages.get(policyUid);
    return page == null || page.generation() != generation
        ? Optional.empty()
        : Optional.ofNullable(page.assessments().get(key));
  }

  /** The name of a container's newest verdict, whatever the generation. */
  Optional<String> lastVerdict(String policyUid, ContainerKey key) {
    return Optional.ofNullable(pages.get(policyUid))
        .map(page -> page.assessments().get(key))
        .map(assessment -> assessment.verdict().name());
  }

  /** Replaces all that was said under a policy: containers that are gone are forgotten. */
  void replace(String policyUid, long generation, List<WatchedContainer> containers) {
    var assessments = new HashMap<ContainerKey, Assessment>();
    for (var container : containers) {
      if (container.assessment() != null) {
        assessments.put(container.key(), container.assessment());
      }
    }
    pages.put(policyUid, new Page(generation, Map.copyOf(assessments)));
  }

  void forget(String policyUid) {
    pages.remove(policyUid);
  }

  private record Page(long generation, Map<ContainerKey, Assessment> assessments) {}
}

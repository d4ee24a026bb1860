package dev.heapwarden.operator.evaluate;

import static java.util.stream.Collectors.toUnmodifiableSet;

import dev.heapwarden.detection.sample.ContainerKey;
import dev.heapwarden.detection.verdict.Evidence;
import dev.heapwarden.detection.verdict.Verdict;
import dev.heapwarden.operator.report.Standing;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The newest assessments, by policy, in memory only. */
public final class AssessmentBook implements Assessments {
  private final Map<String, Page> pages = new ConcurrentHashMap<>();

  @Override
  public List<Assessment> of(String workloadUid, String container) {
    return pages.values().stream()
        .flatMap(page -> page.assessments().values().stream())
        .filter(assessment -> isOf(assessment, workloadUid, container))
        .toList();
  }

  @Override
  public boolean isGone(String policyUid, String workloadUid, String container) {
    var page = pages.get(policyUid);
    return page != null && !page.governed().contains(new Governed(workloadUid, container));
  }

  private static boolean isOf(Assessment assessment, String workloadUid, String container) {
    return assessment.workloadUid().equals(workloadUid)
        && assessment.container().container().equals(container);
  }

  /** Policies that were evaluated. */
  public int policies() {
    return pages.size();
  }

  /** How every container that a policy governs stands. */
  public List<Standing> standings() {
    return pages.values().stream().flatMap(page -> page.standings().stream()).toList();
  }

  /** When the oldest of the newest assessments was made. */
  public Optional<Instant> oldest() {
    return pages.values().stream()
        .flatMap(page -> page.assessments().values().stream())
        .map(Assessment::at)
        .min(Comparator.naturalOrder());
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
  public void replace(ObjectMeta policy, List<WatchedContainer> containers) {
    var assessments = new HashMap<ContainerKey, Assessment>();
    for (var container : containers) {
      if (container.assessment() != null) {
        assessments.put(container.key(), container.assessment());
      }
    }
    var standings =
        containers.stream().map(container -> standing(policy.getName(), container)).toList();
    var governed = containers.stream().map(Governed::of).collect(toUnmodifiableSet());
    pages.put(
        policy.getUid(),
        new Page(policy.getGeneration(), Map.copyOf(assessments), governed, standings));
  }

  void forget(String policyUid) {
    pages.remove(policyUid);
  }

  /** Without the samples that the container was judged by: they would be kept as long. */
  private static Standing standing(String policy, WatchedContainer container) {
    var verdict = Optional.ofNullable(container.assessment()).map(Assessment::verdict);
    var growth = verdict.map(Verdict::evidence).map(Evidence::growth);
    var toLimit = verdict.map(Verdict::evidence).map(Evidence::timeToLimit);
    return new Standing(
        container.key().namespace(),
        policy,
        container.workload().kind(),
        container.workload().name(),
        container.key().container(),
        container.quarantined(),
        verdict.map(Verdict::name).orElse(Standing.UNSEEN),
        growth
            .map(found -> OptionalDouble.of(found.bytesPerSecond()))
            .orElseGet(OptionalDouble::empty),
        toLimit
            .map(left -> OptionalDouble.of(left.toMillis() / 1e3))
            .orElseGet(OptionalDouble::empty));
  }

  /** Containers of this name of a workload, seen or not. */
  private record Governed(String workloadUid, String container) {
    static Governed of(WatchedContainer found) {
      return new Governed(found.workload().uid(), found.key().container());
    }
  }

  private record Page(
      long generation,
      Map<ContainerKey, Assessment> assessments,
      Set<Governed> governed,
      List<Standing> standings) {}
}

package dev.heapwarden.operator.evaluate;

import dev.heapwarden.detection.Baseline;
import dev.heapwarden.detection.verdict.Verdict;
import io.fabric8.kubernetes.api.model.Pod;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * How containers grew at each age, by workload, container and revision, in memory only: after a
 * restart of the operator nothing is known of pods that are gone. For any thread.
 */
final class RevisionBook {
  /** Containers of workloads remembered at most: the one asked for longest ago goes first. */
  private static final int REMEMBERED = 10_000;

  /** The one that runs, the one before, and the one that a rollout brings. */
  private static final int REVISIONS = 3;

  private final Map<Line, Map<String, GrowthByAge>> lines =
      new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Line, Map<String, GrowthByAge>> eldest) {
          return size() > REMEMBERED;
        }
      };

  /** Containers of one name in the pods of one workload. */
  record Line(String workloadUid, String container) {}

  /** Set by the controllers of Kubernetes; empty for pods of a kind that has no revisions. */
  static String revision(Pod pod) {
    var labels =
        Objects.requireNonNullElse(pod.getMetadata().getLabels(), Map.<String, String>of());
    return labels.getOrDefault(
        "pod-template-hash", labels.getOrDefault("controller-revision-hash", ""));
  }

  /** Takes note of what was said of a container. */
  synchronized void add(Line line, String revision, Instant startedAt, Assessment assessment) {
    var growth = assessment.verdict().evidence().growth();
    if (growth == null || assessment.verdict() instanceof Verdict.Inconclusive) {
      return;
    }
    var revisions = lines.computeIfAbsent(line, _ -> new HashMap<>());
    var ages = revisions.computeIfAbsent(revision, _ -> new GrowthByAge(startedAt));
    ages.startedAt(startedAt);
    ages.add(
        assessment.containerAge(),
        growth.bytesPerSecond(),
        !(assessment.verdict() instanceof Verdict.Healthy));
    if (revisions.size() > REVISIONS) {
      revisions.entrySet().stream()
          .min(Comparator.comparing(entry -> entry.getValue().begun()))
          .map(Map.Entry::getKey)
          .ifPresent(revisions::remove);
    }
  }

  /**
   * How the revision before grew at that age; empty where none of it is known to have been so old.
   */
  synchronized Optional<Baseline> before(
      Line line, String revision, Instant startedAt, Duration age) {
    var revisions = lines.getOrDefault(line, Map.of());
    var same = Optional.ofNullable(revisions.get(revision));
    var begun = same.map(GrowthByAge::begun).orElse(startedAt);
    return revisions.entrySet().stream()
        .filter(entry -> !entry.getKey().equals(revision))
        .map(Map.Entry::getValue)
        .filter(ages -> ages.begun().isBefore(begun))
        .max(Comparator.comparing(GrowthByAge::begun))
        .flatMap(ages -> ages.at(age));
  }
}

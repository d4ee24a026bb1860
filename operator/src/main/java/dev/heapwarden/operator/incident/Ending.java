package dev.heapwarden.operator.incident;

import dev.heapwarden.crds.incident.LeakIncident;
import dev.heapwarden.crds.incident.Phase;
import dev.heapwarden.detection.verdict.Verdict;
import dev.heapwarden.operator.evaluate.WatchedContainer;
import dev.heapwarden.operator.evaluate.Workload;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.BiPredicate;

/** How an incident ends that is only watched. */
final class Ending {
  private final BiPredicate<String, Workload> exists;

  /**
   * Asks the cluster only about workloads without a pod.
   *
   * @param exists whether a namespace still has the workload
   */
  Ending(BiPredicate<String, Workload> exists) {
    this.exists = exists;
  }

  /**
   * The outcome in words; empty while the incident goes on.
   *
   * @param containers of the leak, those of isolated pods included
   * @param horizon for which nothing must have been found
   */
  Optional<String> of(
      LeakIncident incident,
      Leak leak,
      List<WatchedContainer> containers,
      Duration horizon,
      Instant now) {
    var status = incident.getStatus();
    if (status.phase() != Phase.OPEN) {
      return Optional.empty();
    }
    // The finding is refreshed while anything shows the leak: its time is when it was last seen.
    var finding = status.finding();
    var lastSeen = Instant.parse(finding == null ? status.openedAt() : finding.at());
    var longAgo = !now.isBefore(lastSeen.plus(horizon));
    if (containers.isEmpty()) {
      if (!exists.test(incident.getMetadata().getNamespace(), leak.workload())) {
        return Optional.of("The workload no longer exists; the leak was not seen to be cured.");
      }
      return longAgo
          ? Optional.of(
              "No pod of the workload runs, and the leak was last seen at %s; it was not seen to be cured."
                  .formatted(lastSeen))
          : Optional.empty();
    }
    return longAgo && containers.stream().allMatch(Ending::healthy)
        ? Optional.of(
            "No growth beyond noise since %s in any of %d containers. Nothing was done about it."
                .formatted(lastSeen, containers.size()))
        : Optional.empty();
  }

  private static boolean healthy(WatchedContainer container) {
    var assessment = container.assessment();
    return assessment != null && assessment.verdict() instanceof Verdict.Healthy;
  }
}

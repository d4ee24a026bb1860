package dev.heapwarden.operator.incident;

import dev.heapwarden.crds.incident.LeakIncident;
import dev.heapwarden.crds.incident.LeakIncidentStatus;
import dev.heapwarden.crds.incident.Phase;
import dev.heapwarden.crds.incident.Step;
import dev.heapwarden.crds.incident.Step.State;
import dev.heapwarden.detection.verdict.Verdict;
import dev.heapwarden.operator.evaluate.WatchedContainer;
import dev.heapwarden.operator.evaluate.Workload;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.BiPredicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** How an incident ends whose leak vanished, while nothing of the response is in force. */
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
   * What became of the leak, in words; empty while the incident goes on.
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
    if (!mayEnd(status)) {
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
              "No pod of the workload is watched, and the leak was last seen at %s; it was not seen to be cured."
                  .formatted(lastSeen))
          : Optional.empty();
    }
    return longAgo && containers.stream().allMatch(Ending::healthy)
        ? Optional.of(
            "No growth beyond noise since %s in any of %d containers."
                .formatted(lastSeen, containers.size()))
        : Optional.empty();
  }

  /**
   * False once the response did something that Verify or its time to live will end. An intent that
   * is only held back does not keep an incident open.
   */
  static boolean mayEnd(LeakIncidentStatus status) {
    return (status.phase() == Phase.OPEN || status.phase() == Phase.DIAGNOSING)
        && status.steps().stream().noneMatch(Effect::isInForce);
  }

  /** What the response did until then, for the outcome. */
  static String done(LeakIncidentStatus status) {
    var done =
        Stream.of(
                actions(status, State.DONE, "Done"),
                actions(status, State.UNDONE, "Done and undone"),
                actions(status, State.FAILED, "Failed"),
                actions(status, State.INTENDED, "Begun"))
            .filter(sentence -> !sentence.isEmpty())
            .collect(Collectors.joining(" "));
    return done.isEmpty() ? "Nothing was done about it." : done;
  }

  private static String actions(LeakIncidentStatus status, State state, String verb) {
    var actions =
        status.steps().stream()
            .filter(step -> step.state() == state)
            .map(Step::action)
            .distinct()
            .collect(Collectors.joining(", "));
    return actions.isEmpty() ? "" : verb + ": " + actions + ".";
  }

  private static boolean healthy(WatchedContainer container) {
    var assessment = container.assessment();
    return assessment != null && assessment.verdict() instanceof Verdict.Healthy;
  }
}

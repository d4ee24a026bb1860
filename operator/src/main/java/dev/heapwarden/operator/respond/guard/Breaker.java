package dev.heapwarden.operator.respond.guard;

import dev.heapwarden.crds.Api;
import dev.heapwarden.crds.incident.LeakIncident;
import dev.heapwarden.crds.incident.LeakIncidentStatus;
import dev.heapwarden.crds.incident.Phase;
import dev.heapwarden.crds.incident.Step;
import dev.heapwarden.crds.policy.Limits;
import dev.heapwarden.crds.policy.MemoryPolicy;
import dev.heapwarden.crds.policy.MemoryPolicyStatus.UnhelpfulResponse;
import dev.heapwarden.operator.respond.journal.ActionKind;
import dev.heapwarden.operator.respond.journal.Steps;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Opens when too much of what was done for a policy did not help, and stays open, however much time
 * passes, until a person closes it: what happened before that does not count any more.
 */
public final class Breaker {
  private static final Duration WITHIN = Duration.ofHours(24);

  private Breaker() {}

  /**
   * Why nothing more is changed, and what a person does about it; empty while it is closed.
   *
   * @param incidents of the policy's namespace
   */
  public static Optional<String> whyOpen(
      MemoryPolicy policy, List<LeakIncident> incidents, Instant now) {
    var closed = Closing.of(policy, now);
    var unhelpful =
        Stream.concat(known(policy, incidents), ofDeleted(policy, incidents))
            .filter(response -> at(response).isAfter(closed.at()))
            .sorted(Comparator.comparing(Breaker::at))
            .toList();
    int allowed = policy.getSpec().respond().limits().unhelpfulResponses();
    for (int end = allowed; end <= unhelpful.size(); end++) {
      var series = unhelpful.subList(end - allowed, end);
      if (!at(series.getLast()).isAfter(at(series.getFirst()).plus(WITHIN))) {
        return Optional.of(text(policy, series) + closed.problem());
      }
    }
    return Optional.empty();
  }

  private static String text(MemoryPolicy policy, List<UnhelpfulResponse> series) {
    return "%d responses within 24h changed the workload and did not help (%s); nothing more is"
            .formatted(
                series.size(),
                series.stream().map(UnhelpfulResponse::name).collect(Collectors.joining(", ")))
        + " changed until a person closes the circuit breaker: kubectl -n %s annotate memorypolicy %s --overwrite %s=$(date -u +%%FT%%TZ)"
            .formatted(
                policy.getMetadata().getNamespace(),
                policy.getMetadata().getName(),
                Api.BREAKER_ANNOTATION);
  }

  /** Whether a response that ends so changed the workload, and a person would say it was no use. */
  public static boolean didNotHelp(Phase end, LeakIncidentStatus status) {
    return switch (end) {
      case ROLLED_BACK, NEEDS_HUMAN ->
          Steps.all(status).filter(Steps::counts).anyMatch(step -> didNotHelp(end, step));
      case OPEN, DIAGNOSING, ISOLATING, INTERVENING, VERIFYING, RESOLVED, MITIGATED -> false;
    };
  }

  /** An isolation is no cure: that a person is needed after it is as it should be. */
  private static boolean didNotHelp(Phase end, Step step) {
    var cause = step.undoCause();
    if (cause == null) {
      return end == Phase.NEEDS_HUMAN
          && step.state() == Step.State.DONE
          && Steps.kind(step).filter(ActionKind::intervenes).isPresent();
    }
    return switch (cause) {
      case ASKED, FAILED, DID_NOT_HELP -> true;
      case EXPIRED, POLICY_DELETED, INCIDENT_DELETED, UNINSTALLED, ENDED -> false;
    };
  }

  private static Stream<UnhelpfulResponse> known(
      MemoryPolicy policy, List<LeakIncident> incidents) {
    return incidents.stream()
        .filter(
            incident -> incident.getSpec().target().policy().equals(policy.getMetadata().getName()))
        .filter(incident -> incident.getStatus() != null)
        .filter(incident -> didNotHelp(incident.getStatus().phase(), incident.getStatus()))
        .flatMap(
            incident ->
                Optional.ofNullable(incident.getStatus().endedAt())
                    .map(
                        at ->
                            new UnhelpfulResponse(
                                incident.getMetadata().getUid(),
                                incident.getMetadata().getName(),
                                at))
                    .stream());
  }

  private static Stream<UnhelpfulResponse> ofDeleted(
      MemoryPolicy policy, List<LeakIncident> incidents) {
    var known =
        incidents.stream()
            .map(incident -> incident.getMetadata().getUid())
            .collect(Collectors.toSet());
    return remembered(policy).filter(response -> !known.contains(response.incident()));
  }

  /** What the policy is to remember from now on; of one incident only the last. */
  public static List<UnhelpfulResponse> with(MemoryPolicy policy, UnhelpfulResponse added) {
    var all =
        Stream.concat(
                remembered(policy)
                    .filter(response -> !response.incident().equals(added.incident())),
                Stream.of(added))
            .toList();
    return all.subList(Math.max(0, all.size() - Limits.REMEMBERED), all.size());
  }

  private static Stream<UnhelpfulResponse> remembered(MemoryPolicy policy) {
    var status = policy.getStatus();
    return status == null ? Stream.empty() : status.unhelpfulResponses().stream();
  }

  private static Instant at(UnhelpfulResponse response) {
    return Instant.parse(response.at());
  }

  /**
   * When a person last closed it.
   *
   * @param problem with what stands there, for people
   */
  private record Closing(Instant at, String problem) {
    static Closing of(MemoryPolicy policy, Instant now) {
      var annotations = policy.getMetadata().getAnnotations();
      var text = annotations == null ? null : annotations.get(Api.BREAKER_ANNOTATION);
      if (text == null) {
        return new Closing(Instant.EPOCH, "");
      }
      try {
        var at = Instant.parse(text);
        return at.isAfter(now)
            ? none("'%s' is still to come".formatted(text))
            : new Closing(at, "");
      } catch (DateTimeParseException e) {
        return none("'%s' is no time such as 2026-07-01T12:00:00Z".formatted(text));
      }
    }

    private static Closing none(String problem) {
      return new Closing(Instant.EPOCH, "; what it is set to does not close it: " + problem);
    }
  }
}

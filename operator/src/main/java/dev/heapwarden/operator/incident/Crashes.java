package dev.heapwarden.operator.incident;

import dev.heapwarden.crds.incident.Crash;
import dev.heapwarden.crds.incident.CrashKind;
import dev.heapwarden.crds.incident.LeakIncident;
import dev.heapwarden.crds.incident.LeakIncidentStatus;
import dev.heapwarden.crds.incident.Step;
import dev.heapwarden.operator.evaluate.Evaluation;
import dev.heapwarden.operator.evaluate.Workloads;
import dev.heapwarden.operator.report.EventRecorder;
import dev.heapwarden.operator.report.Reason;
import io.fabric8.kubernetes.api.model.Pod;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * What watched containers left that crashed: told to people by Events, and kept on the newest
 * incident of the container, also when that has ended.
 */
final class Crashes {
  /** An operator that starts does not tell what happened long before. */
  private static final Duration NEWS = Duration.ofMinutes(10);

  /** How a step names what it ordered. */
  private static final String SNAPSHOT = "memorysnapshot/";

  private final IncidentWriter writer;
  private final CrashLogs logs;
  private final Workloads workloads;
  private final EventRecorder events;

  /** When the last crash was that was told, by policy, and by pod and container. */
  private final Map<String, Map<String, Instant>> told = new ConcurrentHashMap<>();

  Crashes(IncidentWriter writer, CrashLogs logs, Workloads workloads, EventRecorder events) {
    this.writer = writer;
    this.logs = logs;
    this.workloads = workloads;
    this.events = events;
  }

  void accept(Evaluation evaluation, List<LeakIncident> incidents) {
    var policy = evaluation.policy();
    var name = policy.getMetadata().getNamespace() + "/" + policy.getMetadata().getName();
    var before = told.getOrDefault(name, Map.of());
    var now = new HashMap<String, Instant>();
    for (var pod : evaluation.pods()) {
      CrashedContainer.of(pod, policy.getSpec().containers())
          .forEach(
              crashed -> {
                var key = pod.getMetadata().getUid() + "/" + crashed.container();
                now.put(key, crashed.at());
                if (!crashed.at().equals(before.get(key))
                    && crashed.at().plus(NEWS).isAfter(evaluation.at())) {
                  tell(evaluation, pod, crashed);
                }
                keep(evaluation, pod, crashed, incidents);
              });
    }
    told.put(name, Map.copyOf(now));
  }

  private void tell(Evaluation evaluation, Pod pod, CrashedContainer crashed) {
    var text = "%s: %s".formatted(crashed.container(), crashed.text());
    events.record(pod, Reason.CONTAINER_CRASHED, text);
    events.record(
        evaluation.policy(),
        Reason.CONTAINER_CRASHED,
        "%s/%s".formatted(pod.getMetadata().getName(), text));
  }

  private void keep(
      Evaluation evaluation, Pod pod, CrashedContainer crashed, List<LeakIncident> incidents) {
    if (incidents.isEmpty()) {
      return;
    }
    var leak = new Leak(workloads.of(pod), crashed.container());
    var name = pod.getMetadata().getName();
    var newest = Episodes.newest(incidents.stream().filter(leak::isOf).toList());
    var written =
        newest
            .filter(incident -> isNew(incident.getStatus(), name, crashed))
            .flatMap(
                incident ->
                    writer.status(
                        incident,
                        status ->
                            isNew(status, name, crashed) && status != null
                                ? crashed(status, name, crashed, evaluation.at())
                                : status));
    written
        .or(() -> newest)
        .filter(_ -> crashed.runsAgain() && mayOrder(evaluation))
        .filter(incident -> lacksLog(incident.getStatus(), name, crashed))
        .ifPresent(
            incident ->
                logs.order(incident, pod, crashed)
                    .ifPresent(
                        log ->
                            writer.status(
                                incident,
                                status ->
                                    status == null
                                        ? null
                                        : StatusText.crashLog(
                                            status, crash -> is(crash, name, crashed), log))));
  }

  /** Observe and DryRun order nothing by themselves. */
  private static boolean mayOrder(Evaluation evaluation) {
    return switch (evaluation.policy().getSpec().respond().mode()) {
      case APPROVE, ENFORCE -> true;
      case OBSERVE, DRY_RUN -> false;
    };
  }

  private static boolean lacksLog(
      @Nullable LeakIncidentStatus status, String pod, CrashedContainer crashed) {
    return status != null
        && status.crashes().stream()
            .anyMatch(known -> is(known, pod, crashed) && known.log() == null);
  }

  private static boolean is(Crash known, String pod, CrashedContainer crashed) {
    return known.pod().equals(pod) && known.at().equals(crashed.at().toString());
  }

  /** What crashed before the leak was seen is no evidence of it, and what is known is no news. */
  private static boolean isNew(
      @Nullable LeakIncidentStatus status, String pod, CrashedContainer crashed) {
    return status != null
        && !crashed.at().isBefore(Instant.parse(status.openedAt()))
        && status.crashes().stream().noneMatch(known -> is(known, pod, crashed));
  }

  private static LeakIncidentStatus crashed(
      LeakIncidentStatus status, String pod, CrashedContainer crashed, Instant now) {
    var crash =
        new Crash(
            pod,
            crashed.at().toString(),
            crashed.reason(),
            crashed.exitCode(),
            crashed.kind().map(CrashKind::text).orElse(null),
            lastSeen(status, crashed.at()),
            snapshot(status, crashed.at()).orElse(null),
            null);
    return StatusText.crashed(status, crash, "pod %s: %s".formatted(pod, crashed.text()), now);
  }

  private static @Nullable String lastSeen(LeakIncidentStatus status, Instant at) {
    var finding = status.finding();
    return finding == null || Instant.parse(finding.at()).isAfter(at)
        ? null
        : "%s: %s".formatted(finding.at(), finding.message());
  }

  private static Optional<String> snapshot(LeakIncidentStatus status, Instant at) {
    return status.steps().stream()
        .filter(step -> step.state() == Step.State.DONE)
        .filter(step -> step.object().startsWith(SNAPSHOT))
        .filter(step -> Instant.parse(step.intendedAt()).isBefore(at))
        .map(step -> step.object().substring(SNAPSHOT.length()))
        .reduce((_, later) -> later);
  }
}

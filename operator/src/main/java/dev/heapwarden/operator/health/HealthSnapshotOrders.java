package dev.heapwarden.operator.health;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.joining;
import static java.util.stream.Collectors.toCollection;

import dev.heapwarden.crds.policy.HealthSnapshots;
import dev.heapwarden.crds.policy.MemoryPolicy;
import dev.heapwarden.crds.snapshot.MemorySnapshot;
import dev.heapwarden.detection.verdict.Verdict;
import dev.heapwarden.operator.api.ApiServer;
import dev.heapwarden.operator.api.OwnedSnapshots;
import dev.heapwarden.operator.evaluate.Assessment;
import dev.heapwarden.operator.evaluate.Evaluation;
import dev.heapwarden.operator.evaluate.HealthOrder;
import dev.heapwarden.operator.evaluate.WatchedContainer;
import dev.heapwarden.operator.report.EventRecorder;
import dev.heapwarden.operator.report.Reason;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.readiness.Readiness;
import java.net.HttpURLConnection;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Orders the health snapshots of a policy when the time has come that its status names as the next,
 * and deletes those that are kept no longer. Nothing else is remembered: who starts anew finds the
 * time in the status, and the snapshots that were ordered for it under the names that he would give
 * them. What the API server refuses of one workload holds up neither the others nor the verdicts.
 */
public final class HealthSnapshotOrders implements Function<Evaluation, Optional<HealthOrder>> {
  /** Said of one refusal at most. */
  private static final int REASON_LENGTH = 300;

  private final KubernetesClient client;
  private final EventRecorder events;

  public HealthSnapshotOrders(KubernetesClient client, EventRecorder events) {
    this.client = client;
    this.events = events;
  }

  /** What became of the orders; empty when none was due. */
  @Override
  public Optional<HealthOrder> apply(Evaluation evaluation) {
    var policy = evaluation.policy();
    var asked = policy.getSpec().observe().healthSnapshots();
    var due = due(policy).filter(moment -> !moment.isAfter(evaluation.at()));
    if (asked == null || due.isEmpty() || policy.getMetadata().getDeletionTimestamp() != null) {
      return Optional.empty();
    }
    var problems = new ArrayList<String>();
    try {
      order(evaluation, asked, due.get(), problems);
    } catch (KubernetesClientException e) {
      problems.add(reason(e));
    }
    if (!problems.isEmpty()) {
      events.record(
          policy,
          Reason.HEALTH_SNAPSHOTS_FAILED,
          "due %s: %s".formatted(due.get(), String.join("; ", problems)));
    }
    return Optional.of(new HealthOrder(due.get(), problems));
  }

  private static Optional<Instant> due(MemoryPolicy policy) {
    var status = policy.getStatus();
    return Optional.ofNullable(status == null ? null : status.nextHealthSnapshot())
        .map(Instant::parse);
  }

  private void order(
      Evaluation evaluation, HealthSnapshots asked, Instant due, List<String> problems) {
    var policy = evaluation.policy();
    var before = new OwnedSnapshots(client).find(policy, Series.SERIES_LABEL);
    var taken = new ArrayList<>(before);
    var ordered = new ArrayList<String>();
    var without = new ArrayList<String>();
    series(evaluation)
        .forEach(
            (series, containers) -> {
              try {
                var turn =
                    series.turns(healthy(containers), before, due).stream()
                        .filter(pod -> isReady(policy, pod))
                        .findFirst();
                if (turn.isEmpty()) {
                  without.add(series.text());
                  return;
                }
                var snapshot = series.order(turn.get(), asked, due);
                create(snapshot, taken, asked.keep());
                ordered.add("%s of pod %s".formatted(series.text(), turn.get()));
              } catch (KubernetesClientException e) {
                if (!ApiServer.hasAnswered(e)) {
                  throw e;
                }
                problems.add("%s: %s".formatted(series.text(), reason(e)));
              }
            });
    delete(outdated(taken, asked.keep()));
    if (problems.isEmpty() || !ordered.isEmpty()) {
      events.record(policy, Reason.HEALTH_SNAPSHOTS_ORDERED, said(due, ordered, without));
    }
  }

  private static java.util.Map<Series, List<WatchedContainer>> series(Evaluation evaluation) {
    return evaluation.containers().stream()
        .collect(
            groupingBy(
                container ->
                    new Series(
                        evaluation.policy(), container.workload(), container.key().container())));
  }

  private static List<String> healthy(List<WatchedContainer> containers) {
    return containers.stream()
        .filter(container -> !container.quarantined())
        .flatMap(container -> Optional.ofNullable(container.assessment()).stream())
        .filter(assessment -> assessment.verdict() instanceof Verdict.Healthy)
        .map(Assessment::container)
        .map(container -> container.pod())
        .toList();
  }

  private boolean isReady(MemoryPolicy policy, String pod) {
    var namespace = policy.getMetadata().getNamespace();
    var found = client.pods().inNamespace(namespace).withName(pod).get();
    return found != null
        && found.getMetadata().getDeletionTimestamp() == null
        && Readiness.isPodReady(found);
  }

  /**
   * Where a quota is spent, the oldest that would have to go for this one goes first.
   *
   * @param taken to which this one is added
   */
  private void create(MemorySnapshot snapshot, List<MemorySnapshot> taken, int keep) {
    var name = snapshot.getMetadata().getName();
    if (taken.stream().anyMatch(earlier -> earlier.getMetadata().getName().equals(name))) {
      return;
    }
    try {
      createOnce(snapshot);
    } catch (KubernetesClientException e) {
      var inTheWay = outdated(Stream.concat(taken.stream(), Stream.of(snapshot)).toList(), keep);
      if (e.getCode() != HttpURLConnection.HTTP_FORBIDDEN
          || !reason(e).contains("quota")
          || inTheWay.isEmpty()) {
        throw e;
      }
      delete(inTheWay);
      taken.removeAll(inTheWay);
      createOnce(snapshot);
    }
    taken.add(snapshot);
  }

  private void createOnce(MemorySnapshot snapshot) {
    try {
      client.resource(snapshot).create();
    } catch (KubernetesClientException e) {
      // Ordered before, by this operator or by the leader before it.
      if (e.getCode() != HttpURLConnection.HTTP_CONFLICT) {
        throw e;
      }
    }
  }

  private void delete(List<MemorySnapshot> snapshots) {
    snapshots.forEach(snapshot -> client.resource(snapshot).delete());
  }

  /** What the API server said. */
  private static String reason(KubernetesClientException failure) {
    var said = ApiServer.words(failure);
    return said.substring(0, Math.min(said.length(), REASON_LENGTH));
  }

  /** Those of all but the newest times for which any were taken. */
  static List<MemorySnapshot> outdated(List<MemorySnapshot> taken, int keep) {
    var times = taken.stream().map(Series::dueOf).collect(toCollection(TreeSet::new));
    var kept = times.descendingSet().stream().limit(keep).toList();
    return taken.stream()
        .filter(snapshot -> !kept.contains(Series.dueOf(snapshot)))
        .sorted(Comparator.comparing(snapshot -> snapshot.getMetadata().getName()))
        .toList();
  }

  private static String said(Instant due, List<String> ordered, List<String> without) {
    var text = "due %s: %s".formatted(due, ordered.isEmpty() ? "none" : list(ordered));
    return without.isEmpty()
        ? text
        : "%s; no pod is healthy and ready of %s".formatted(text, list(without));
  }

  private static String list(List<String> items) {
    return items.stream().sorted().collect(joining(", "));
  }
}

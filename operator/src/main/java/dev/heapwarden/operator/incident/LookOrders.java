package dev.heapwarden.operator.incident;

import static java.util.stream.Collectors.toSet;

import dev.heapwarden.crds.Api;
import dev.heapwarden.crds.Durations;
import dev.heapwarden.crds.policy.MemoryPolicy;
import dev.heapwarden.crds.snapshot.MemorySnapshot;
import dev.heapwarden.crds.snapshot.MemorySnapshotSpec;
import dev.heapwarden.crds.snapshot.SnapshotKind;
import dev.heapwarden.detection.sample.ContainerKey;
import dev.heapwarden.operator.api.OwnedSnapshots;
import dev.heapwarden.operator.evaluate.Evaluation;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The snapshots that second looks are. What the API server refuses is logged, and no more. */
final class LookOrders {
  private static final Logger LOG = LoggerFactory.getLogger(LookOrders.class);

  /** The shortest and the longest that a snapshot's window may be. */
  private static final Duration SHORTEST_WINDOW = Duration.ofSeconds(1);

  private static final Duration LONGEST_WINDOW = Duration.ofMinutes(1);

  private static final int KEPT = 2;

  private final KubernetesClient client;
  private final OwnedSnapshots looks;

  LookOrders(KubernetesClient client) {
    this.client = client;
    this.looks = new OwnedSnapshots(client);
  }

  /**
   * Deletes what is older than the last one, and orders another, of the same container of the
   * workload.
   *
   * @param kind what is looked at
   * @param window of the policy
   */
  void order(
      MemoryPolicy policy,
      Leak leak,
      ContainerKey container,
      SnapshotKind kind,
      Duration window,
      Instant now) {
    var name = IncidentName.ofLook(leak.workload(), leak.container());
    // The name follows from the time, so that a second operator asks nothing twice.
    long turn = now.getEpochSecond() / window.toSeconds();
    var snapshot =
        OwnedSnapshots.of(
            policy,
            name + "-" + Long.toString(turn, Character.MAX_RADIX),
            Map.of(Api.LOOK_LABEL, name),
            new MemorySnapshotSpec(
                container.pod(),
                container.container(),
                List.of(kind),
                Durations.format(lookedAt(kind, window)),
                List.of()));
    try {
      // First, so that a quota has room for this one.
      looks.find(policy, Api.LOOK_LABEL, name).stream()
          .sorted(
              Comparator.<MemorySnapshot, String>comparing(
                      look -> look.getMetadata().getCreationTimestamp())
                  .reversed())
          .skip(KEPT - 1)
          .forEach(look -> client.resource(look).delete());
      client.resource(snapshot).create();
    } catch (KubernetesClientException e) {
      if (e.getCode() != HttpURLConnection.HTTP_CONFLICT) {
        // The next turn asks again.
        LOG.warn(
            "second look was refused policy={} code={}",
            policy.getMetadata().getName(),
            e.getCode());
      }
    }
  }

  /** Classes are counted three times, beside collections; who holds a heap is compared later. */
  private static Duration lookedAt(SnapshotKind kind, Duration window) {
    var half = window.dividedBy(2);
    return kind == SnapshotKind.CLASS_HISTOGRAM
        ? half.compareTo(LONGEST_WINDOW) < 0 ? half : LONGEST_WINDOW
        : SHORTEST_WINDOW;
  }

  /** Deletes the looks at workloads, or containers of them, that the policy no longer governs. */
  void deleteThoseOfTheGone(Evaluation evaluation) {
    var present =
        evaluation.containers().stream()
            .map(found -> IncidentName.ofLook(found.workload(), found.key().container()))
            .collect(toSet());
    try {
      looks.find(evaluation.policy(), Api.LOOK_LABEL).stream()
          .filter(look -> !present.contains(look.getMetadata().getLabels().get(Api.LOOK_LABEL)))
          .forEach(look -> client.resource(look).delete());
    } catch (KubernetesClientException e) {
      LOG.warn(
          "looks at what is gone were not deleted policy={} code={}",
          evaluation.policy().getMetadata().getName(),
          e.getCode());
    }
  }
}

package dev.heapwarden.operator.incident;

import dev.heapwarden.crds.Api;
import dev.heapwarden.crds.Durations;
import dev.heapwarden.crds.policy.MemoryPolicy;
import dev.heapwarden.crds.snapshot.MemorySnapshot;
import dev.heapwarden.crds.snapshot.MemorySnapshotSpec;
import dev.heapwarden.crds.snapshot.SnapshotKind;
import dev.heapwarden.detection.sample.ContainerKey;
import dev.heapwarden.detection.sample.RuntimeKind;
import dev.heapwarden.detection.verdict.Growth;
import dev.heapwarden.detection.verdict.Verdict;
import dev.heapwarden.detection.verdict.Witness;
import dev.heapwarden.operator.evaluate.Assessment;
import dev.heapwarden.operator.evaluate.Evaluation;
import dev.heapwarden.operator.evaluate.WatchedContainer;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where the live heap of a JVM grows and nothing else says so, asks which classes grow: a heap that
 * is resident already leaks without a new page. One container of a suspected workload is looked at
 * in a window, each at most once in two, whatever the policy's mode: it changes nothing, and stops
 * the program for no longer than any count of classes may.
 */
public final class SecondLook implements Consumer<Evaluation> {
  private static final Logger LOG = LoggerFactory.getLogger(SecondLook.class);

  /** The longest that a snapshot's window may be is a minute. */
  private static final Duration LONGEST_WINDOW = Duration.ofMinutes(1);

  private static final int KEPT = 2;
  private static final int REMEMBERED = 10_000;

  private final KubernetesClient client;
  private final Map<Leak, Instant> asked = new ConcurrentHashMap<>();
  private final Map<ContainerKey, Instant> lookedAt = new ConcurrentHashMap<>();

  public SecondLook(KubernetesClient client) {
    this.client = client;
  }

  @Override
  public void accept(Evaluation evaluation) {
    var policy = evaluation.policy();
    if (policy.getMetadata().getDeletionTimestamp() != null) {
      return;
    }
    var window = Durations.parse(policy.getSpec().observe().window());
    suspects(evaluation, window)
        .forEach(
            (leak, container) -> {
              if (isOver(asked.get(leak), window, evaluation.at())) {
                asked.put(leak, evaluation.at());
                lookedAt.put(container.key(), evaluation.at());
                ask(policy, leak, container, window, evaluation.at());
              }
            });
    if (lookedAt.size() > REMEMBERED) {
      // Within the same window the name is the same: nothing is asked twice.
      asked.clear();
      lookedAt.clear();
    }
  }

  private static boolean isOver(@Nullable Instant begun, Duration time, Instant now) {
    return begun == null || !begun.plus(time).isAfter(now);
  }

  /** Of each suspected workload the container that grows fastest and was not looked at lately. */
  private Map<Leak, WatchedContainer> suspects(Evaluation evaluation, Duration window) {
    var suspects = new HashMap<Leak, WatchedContainer>();
    for (var container : evaluation.containers()) {
      var assessment = container.assessment();
      if (assessment != null
          && !container.quarantined()
          && needsAnother(assessment)
          && isOver(lookedAt.get(container.key()), window.multipliedBy(2), evaluation.at())) {
        suspects.merge(
            new Leak(container.workload(), container.key().container()),
            container,
            SecondLook::faster);
      }
    }
    return suspects;
  }

  private static WatchedContainer faster(WatchedContainer one, WatchedContainer other) {
    return Comparator.comparingDouble(SecondLook::growth).compare(one, other) >= 0 ? one : other;
  }

  private static double growth(WatchedContainer container) {
    return Optional.ofNullable(container.assessment())
        .map(assessment -> assessment.verdict().evidence().growth())
        .map(Growth::bytesPerSecond)
        .orElse(0.0);
  }

  private static boolean needsAnother(Assessment assessment) {
    var supporting =
        assessment.verdict().evidence().witnesses().stream()
            .filter(witness -> witness.stance() == Witness.Stance.SUPPORTS)
            .map(Witness::kind)
            .toList();
    return assessment.runtime() == RuntimeKind.JVM
        && assessment.verdict() instanceof Verdict.Suspected
        && supporting.equals(List.of(Witness.Kind.POST_GC_LIVE_HEAP));
  }

  private void ask(
      MemoryPolicy policy, Leak leak, WatchedContainer container, Duration window, Instant now) {
    var name = IncidentName.ofLook(leak.workload(), leak.container());
    // The name follows from the time, so that a second operator asks nothing twice.
    long turn = now.getEpochSecond() / window.toSeconds();
    var half = window.dividedBy(2);
    var snapshot = new MemorySnapshot();
    snapshot.setMetadata(
        new ObjectMetaBuilder()
            .withName(name + "-" + Long.toString(turn, Character.MAX_RADIX))
            .withNamespace(policy.getMetadata().getNamespace())
            .withLabels(Map.of(Api.LOOK_LABEL, name))
            .addNewOwnerReference()
            .withApiVersion(policy.getApiVersion())
            .withKind(policy.getKind())
            .withName(policy.getMetadata().getName())
            .withUid(policy.getMetadata().getUid())
            .endOwnerReference()
            .build());
    snapshot.setSpec(
        new MemorySnapshotSpec(
            container.key().pod(),
            container.key().container(),
            List.of(SnapshotKind.CLASS_HISTOGRAM),
            Durations.format(half.compareTo(LONGEST_WINDOW) < 0 ? half : LONGEST_WINDOW),
            List.of()));
    try {
      client.resource(snapshot).create();
      sweep(snapshot.getMetadata().getNamespace(), name);
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

  private void sweep(String namespace, String name) {
    var looks =
        client
            .resources(MemorySnapshot.class)
            .inNamespace(namespace)
            .withLabel(Api.LOOK_LABEL, name)
            .list()
            .getItems();
    looks.stream()
        .sorted(
            Comparator.<MemorySnapshot, String>comparing(
                    look -> look.getMetadata().getCreationTimestamp())
                .reversed())
        .skip(KEPT)
        .forEach(look -> client.resource(look).delete());
  }
}

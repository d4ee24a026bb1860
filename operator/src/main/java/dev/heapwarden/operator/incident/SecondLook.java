package dev.heapwarden.operator.incident;

import dev.heapwarden.crds.Durations;
import dev.heapwarden.crds.snapshot.SnapshotKind;
import dev.heapwarden.detection.sample.ContainerKey;
import dev.heapwarden.detection.sample.RuntimeKind;
import dev.heapwarden.detection.verdict.Cause;
import dev.heapwarden.detection.verdict.Growth;
import dev.heapwarden.detection.verdict.Verdict;
import dev.heapwarden.detection.verdict.Witness;
import dev.heapwarden.operator.evaluate.Assessment;
import dev.heapwarden.operator.evaluate.Evaluation;
import dev.heapwarden.operator.evaluate.WatchedContainer;
import io.fabric8.kubernetes.client.KubernetesClient;
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

/**
 * Where the live heap of a JVM grows and nothing else says so, asks which classes grow: a heap that
 * is resident already leaks without a new page. Where that of a Go program grows and no cause is
 * known, asks who holds it: what leaks in bursts has gained by the time that it is confirmed, and
 * seldom gains while a snapshot looks. One container of a suspected workload is looked at in a
 * window, each a second time a window after the first and from then on once in two at most,
 * whatever the policy's mode: it changes nothing, and stops the program for no longer than any
 * count of classes may.
 */
public final class SecondLook implements Consumer<Evaluation> {
  /** How often looks at what is gone are deleted. */
  private static final Duration SWEEP = Duration.ofHours(1);

  private static final int REMEMBERED = 10_000;

  private final LookOrders orders;
  private final Map<Leak, Instant> asked = new ConcurrentHashMap<>();
  private final Map<ContainerKey, Looks> looks = new ConcurrentHashMap<>();

  /** By the policy's UID. */
  private final Map<String, Instant> swept = new ConcurrentHashMap<>();

  /** When a container was looked at. */
  private record Looks(Instant first, Instant last) {
    boolean single() {
      return first.equals(last);
    }
  }

  public SecondLook(KubernetesClient client) {
    orders = new LookOrders(client);
  }

  @Override
  public void accept(Evaluation evaluation) {
    var policy = evaluation.policy();
    if (policy.getMetadata().getDeletionTimestamp() != null) {
      return;
    }
    var now = evaluation.at();
    if (isOver(swept.get(policy.getMetadata().getUid()), SWEEP, now)) {
      swept.put(policy.getMetadata().getUid(), now);
      orders.deleteThoseOfTheGone(evaluation);
    }
    var window = Durations.parse(policy.getSpec().observe().window());
    suspects(evaluation, window)
        .forEach(
            (leak, container) -> {
              if (isOver(asked.get(leak), window, now)) {
                asked.put(leak, now);
                looks.merge(
                    container.key(),
                    new Looks(now, now),
                    (before, latest) -> new Looks(before.first(), latest.last()));
                orders.order(policy, leak, container.key(), kind(container), window, now);
              }
            });
    if (looks.size() > REMEMBERED || swept.size() > REMEMBERED) {
      // Within the same window the name is the same: nothing is asked twice.
      asked.clear();
      looks.clear();
      swept.clear();
    }
  }

  private static boolean isOver(@Nullable Instant begun, Duration time, Instant now) {
    return begun == null || !begun.plus(time).isAfter(now);
  }

  /**
   * Of each suspected workload the container that was looked at once, else the one that grows
   * fastest; none that was looked at lately.
   */
  private Map<Leak, WatchedContainer> suspects(Evaluation evaluation, Duration window) {
    var suspects = new HashMap<Leak, WatchedContainer>();
    for (var container : evaluation.containers()) {
      var assessment = container.assessment();
      if (assessment != null
          && !container.quarantined()
          && needsAnother(assessment)
          && isDue(container, window, evaluation.at())) {
        suspects.merge(
            new Leak(container.workload(), container.key().container()), container, this::first);
      }
    }
    return suspects;
  }

  /** It takes two looks to make a witness: the second is not kept waiting. */
  private boolean isDue(WatchedContainer container, Duration window, Instant now) {
    var before = looks.get(container.key());
    return before == null
        || isOver(before.last(), before.single() ? window : window.multipliedBy(2), now);
  }

  private WatchedContainer first(WatchedContainer one, WatchedContainer other) {
    var order = Comparator.comparing(this::awaitsItsSecond).thenComparingDouble(SecondLook::growth);
    return order.compare(one, other) >= 0 ? one : other;
  }

  private boolean awaitsItsSecond(WatchedContainer container) {
    var before = looks.get(container.key());
    return before != null && before.single();
  }

  private static double growth(WatchedContainer container) {
    return Optional.ofNullable(container.assessment())
        .map(assessment -> assessment.verdict().evidence().growth())
        .map(Growth::bytesPerSecond)
        .orElse(0.0);
  }

  private static boolean needsAnother(Assessment assessment) {
    var evidence = assessment.verdict().evidence();
    var supporting =
        evidence.witnesses().stream()
            .filter(witness -> witness.stance() == Witness.Stance.SUPPORTS)
            .map(Witness::kind)
            .toList();
    return assessment.verdict() instanceof Verdict.Suspected
        && switch (assessment.runtime()) {
          case JVM -> supporting.equals(List.of(Witness.Kind.POST_GC_LIVE_HEAP));
          case GO ->
              evidence.cause() == Cause.UNKNOWN
                  && supporting.contains(Witness.Kind.POST_GC_LIVE_HEAP);
          case NATIVE, UNKNOWN -> false;
        };
  }

  private static SnapshotKind kind(WatchedContainer container) {
    var assessment = container.assessment();
    return assessment != null && assessment.runtime() == RuntimeKind.GO
        ? SnapshotKind.GO_HEAP_HOLDERS
        : SnapshotKind.CLASS_HISTOGRAM;
  }
}

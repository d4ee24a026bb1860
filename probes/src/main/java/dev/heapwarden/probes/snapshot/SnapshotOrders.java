package dev.heapwarden.probes.snapshot;

import dev.heapwarden.crds.Durations;
import dev.heapwarden.crds.snapshot.MemorySnapshot;
import dev.heapwarden.crds.snapshot.MemorySnapshotStatus;
import dev.heapwarden.crds.snapshot.MemorySnapshotStatus.Phase;
import dev.heapwarden.crds.snapshot.SnapshotKind;
import dev.heapwarden.probes.target.Target;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BiPredicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries out the snapshots of this node's pods, one at a time and the oldest first. One that an
 * agent left running when it died is taken once more; if that agent dies too it has failed.
 */
public final class SnapshotOrders implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(SnapshotOrders.class);
  private static final long NO_RESYNC = 0;

  /** How long a container may take to become a target after it was asked for. */
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final KubernetesClient client;
  private final String node;
  private final Supplier<List<Target>> targets;
  private final BiPredicate<String, String> podIsHere;
  private final EvidenceCollector collector;
  private final InstantSource clock;
  private final SharedIndexInformer<MemorySnapshot> snapshots;
  private final ScheduledExecutorService worker = Executors.newSingleThreadScheduledExecutor();

  /**
   * Starts watching and working.
   *
   * @param podIsHere whether a pod, by namespace and name, runs on this node
   */
  public SnapshotOrders(
      KubernetesClient client,
      String node,
      Supplier<List<Target>> targets,
      BiPredicate<String, String> podIsHere,
      EvidenceCollector collector,
      InstantSource clock) {
    this.client = client;
    this.node = node;
    this.targets = targets;
    this.podIsHere = podIsHere;
    this.collector = collector;
    this.clock = clock;
    snapshots = client.resources(MemorySnapshot.class).inAnyNamespace().runnableInformer(NO_RESYNC);
    snapshots.exceptionHandler((started, failure) -> true);
    var _ = snapshots.start();
    var _ = worker.scheduleWithFixedDelay(this::work, 1, 1, TimeUnit.SECONDS);
  }

  public boolean synced() {
    return snapshots.hasSynced();
  }

  public boolean alive() {
    return snapshots.isRunning();
  }

  @Override
  public void close() {
    worker.shutdownNow();
    snapshots.stop();
  }

  private void work() {
    try {
      var next =
          snapshots.getStore().list().stream()
              .filter(this::mine)
              .min(Comparator.comparing(snapshot -> snapshot.getMetadata().getCreationTimestamp()));
      if (next.isPresent()) {
        // What the informer holds may be older than what this agent itself wrote a second ago.
        var fresh = client.resource(next.get()).get();
        if (fresh != null && mine(fresh)) {
          carryOut(fresh);
        }
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    } catch (KubernetesClientException failure) {
      LOG.warn("snapshot will be tried again reason={}", failure.getMessage());
    } catch (RuntimeException failure) {
      LOG.error("snapshot failed", failure);
    }
  }

  private boolean mine(MemorySnapshot snapshot) {
    var status = snapshot.getStatus();
    boolean open = status == null || status.phase() == null;
    boolean left = status != null && status.phase() == Phase.RUNNING && node.equals(status.node());
    return left
        || (open
            && podIsHere.test(snapshot.getMetadata().getNamespace(), snapshot.getSpec().pod()));
  }

  private void carryOut(MemorySnapshot snapshot) throws InterruptedException {
    var startedAt = clock.instant();
    var left = snapshot.getStatus();
    boolean again = left != null && left.phase() == Phase.RUNNING;
    if (again && SnapshotReport.SECOND_TRY.equals(left.message())) {
      write(snapshot, failed(left, "the agent ended twice while it took this snapshot"));
      return;
    }
    var target = target(snapshot);
    if (target.isEmpty()) {
      if (again || age(snapshot, startedAt).compareTo(PATIENCE) > 0) {
        write(snapshot, failed(left, unwatched(snapshot)));
      }
      return;
    }
    var running =
        write(
            snapshot,
            SnapshotReport.running(node, startedAt, again ? SnapshotReport.SECOND_TRY : null));
    var order =
        new Order(
            snapshot.getMetadata().getNamespace(),
            snapshot.getMetadata().getName(),
            target.get(),
            Durations.parse(snapshot.getSpec().window()));
    var evidence = new LinkedHashMap<SnapshotKind, Evidence>();
    for (var kind : EvidenceCollector.kinds(snapshot.getSpec().kinds(), order)) {
      evidence.put(kind, collector.take(kind, order));
    }
    var status = SnapshotReport.finished(node, startedAt, clock.instant(), evidence);
    write(running, status);
    LOG.info(
        "snapshot finished namespace={} name={} phase={}",
        order.namespace(),
        order.snapshot(),
        status.phase());
  }

  private MemorySnapshotStatus failed(@Nullable MemorySnapshotStatus before, String message) {
    return SnapshotReport.failed(
        node, before == null ? null : before.startedAt(), clock.instant(), message);
  }

  private static String unwatched(MemorySnapshot snapshot) {
    return "container %s of pod %s does not run, or no MemoryPolicy selects it"
        .formatted(snapshot.getSpec().container(), snapshot.getSpec().pod());
  }

  private static Duration age(MemorySnapshot snapshot, Instant now) {
    return Duration.between(Instant.parse(snapshot.getMetadata().getCreationTimestamp()), now);
  }

  private Optional<Target> target(MemorySnapshot snapshot) {
    return targets.get().stream()
        .filter(
            target -> {
              var key = target.container().key();
              return key.namespace().equals(snapshot.getMetadata().getNamespace())
                  && key.pod().equals(snapshot.getSpec().pod())
                  && key.container().equals(snapshot.getSpec().container())
                  && !target.processes().isEmpty();
            })
        .findFirst();
  }

  /**
   * Writes with the resourceVersion that was read: a conflict throws, and nothing is overwritten.
   */
  private MemorySnapshot write(MemorySnapshot snapshot, MemorySnapshotStatus status) {
    snapshot.setStatus(status);
    return client.resource(snapshot).updateStatus();
  }
}

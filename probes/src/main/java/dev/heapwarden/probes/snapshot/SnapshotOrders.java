package dev.heapwarden.probes.snapshot;

import dev.heapwarden.crds.Durations;
import dev.heapwarden.crds.snapshot.MemorySnapshot;
import dev.heapwarden.crds.snapshot.MemorySnapshotStatus;
import dev.heapwarden.crds.snapshot.MemorySnapshotStatus.Phase;
import dev.heapwarden.crds.snapshot.SnapshotKind;
import dev.heapwarden.crds.watch.Informers;
import dev.heapwarden.crds.watch.WatchedNamespaces;
import dev.heapwarden.probes.objectstore.ObjectStore;
import dev.heapwarden.probes.target.Target;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
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
 * Carries out the snapshots of this node's pods, one at a time, as {@link Turns} says. One that an
 * agent left running when it died is taken once more; if that agent dies too it has failed.
 */
public final class SnapshotOrders implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(SnapshotOrders.class);

  /** How long a container may take to become a target after it was asked for, or an agent began. */
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final KubernetesClient client;
  private final String node;
  private final Supplier<List<Target>> targets;
  private final BiPredicate<String, String> podIsHere;
  private final EvidenceCollector collector;
  private final InstantSource clock;
  private final Instant began;
  private final Informers<MemorySnapshot> snapshots;
  private final ArtifactStore store;
  private final SnapshotMeasures measures;
  private final Reports reports;
  private final ArtifactSweep artifacts;
  private final Optional<ArtifactCopies> copies;
  private final Turns turns = new Turns();
  private final ScheduledExecutorService worker = Executors.newSingleThreadScheduledExecutor();

  /**
   * Starts watching and working.
   *
   * @param podIsHere whether a pod, by namespace and name, runs on this node
   * @param store the one that the collector stores into
   * @param objects where artefacts are copied to
   */
  public SnapshotOrders(
      KubernetesClient client,
      WatchedNamespaces namespaces,
      String node,
      Supplier<List<Target>> targets,
      BiPredicate<String, String> podIsHere,
      EvidenceCollector collector,
      ArtifactStore store,
      Optional<ObjectStore> objects,
      SnapshotMeasures measures,
      InstantSource clock) {
    this.client = client;
    this.node = node;
    this.targets = targets;
    this.podIsHere = podIsHere;
    this.collector = collector;
    this.store = store;
    this.measures = measures;
    this.clock = clock;
    began = clock.instant();
    reports = new Reports(client);
    artifacts = new ArtifactSweep(node, store, reports);
    copies = objects.map(bucket -> new ArtifactCopies(node, store, bucket::put, reports, clock));
    snapshots =
        Informers.start(
            namespaces.of(client.resources(MemorySnapshot.class)),
            new Deletions(artifacts::request));
    var _ = worker.scheduleWithFixedDelay(this::work, 1, 1, TimeUnit.SECONDS);
  }

  public boolean synced() {
    return snapshots.synced();
  }

  public boolean alive() {
    return snapshots.alive();
  }

  @Override
  public void close() {
    worker.shutdownNow();
    copies.ifPresent(ArtifactCopies::close);
    snapshots.close();
  }

  private void work() {
    try {
      if (!snapshots.synced()) {
        return;
      }
      reports.catchUp();
      artifacts.sweep(snapshots.list());
      copies.ifPresent(it -> it.work(snapshots.list()));
      collector.sweep(targets.get());
      var next = turns.next(snapshots.list().stream().filter(this::due).toList());
      if (next.isPresent()) {
        // What the informer holds may be older than what this agent itself wrote a second ago.
        var fresh = client.resource(next.get()).get();
        if (fresh != null && mine(fresh)) {
          carryOut(fresh);
        }
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    } catch (IOException | KubernetesClientException failure) {
      LOG.warn("snapshot will be tried again reason={}", failure.getMessage());
    } catch (RuntimeException failure) {
      LOG.error("snapshot failed", failure);
    }
  }

  /** One whose container is not a target yet has others go first for a while. */
  private boolean due(MemorySnapshot snapshot) {
    return mine(snapshot)
        && !reports.awaits(snapshot)
        && (target(snapshot).isPresent() || clock.instant().isAfter(patientUntil(snapshot)));
  }

  private boolean mine(MemorySnapshot snapshot) {
    var status = snapshot.getStatus();
    boolean open = status == null || status.phase() == null;
    return leftRunning(snapshot)
        || (open
            && podIsHere.test(snapshot.getMetadata().getNamespace(), snapshot.getSpec().pod()));
  }

  /** Whether an agent of this node began it and never ended it. */
  private boolean leftRunning(MemorySnapshot snapshot) {
    var status = snapshot.getStatus();
    return status != null && status.phase() == Phase.RUNNING && node.equals(status.node());
  }

  private void carryOut(MemorySnapshot snapshot) throws IOException, InterruptedException {
    var startedAt = clock.instant();
    var left = snapshot.getStatus();
    boolean again = leftRunning(snapshot);
    if (again && left != null && SnapshotReport.SECOND_TRY.equals(left.message())) {
      reports.write(snapshot, failed(left, "the agent ended twice while it took this snapshot"));
      return;
    }
    var target = target(snapshot);
    if (target.isEmpty()) {
      reports.write(snapshot, failed(left, unwatched(snapshot)));
      return;
    }
    var running =
        reports.write(
            snapshot,
            SnapshotReport.running(node, startedAt, again ? SnapshotReport.SECOND_TRY : null));
    // An earlier snapshot may have had its name.
    store.delete(ArtifactStore.Owner.of(running));
    var status = taken(running, target.get(), startedAt);
    measures.finished(status);
    reports.conclude(running, status);
    artifacts.request();
    LOG.info(
        "snapshot finished namespace={} name={} phase={}",
        snapshot.getMetadata().getNamespace(),
        snapshot.getMetadata().getName(),
        status.phase());
  }

  private MemorySnapshotStatus taken(MemorySnapshot running, Target target, Instant startedAt)
      throws InterruptedException {
    try {
      var order =
          new Order(
              ArtifactStore.Owner.of(running),
              target,
              Durations.parse(running.getSpec().window()),
              running.getSpec().jvmOptions(),
              Optional.ofNullable(running.getSpec().instances()));
      var evidence = new LinkedHashMap<SnapshotKind, Evidence>();
      for (var kind : Kinds.of(running.getSpec().kinds(), order)) {
        evidence.put(kind, collector.take(kind, order));
      }
      return SnapshotReport.finished(
          node, startedAt, clock.instant(), evidence, collector.variables(target));
    } catch (RuntimeException mistake) {
      LOG.error("snapshot failed", mistake);
      return failed(
          running.getStatus(), "a mistake of the agent: " + mistake.getClass().getSimpleName());
    }
  }

  private MemorySnapshotStatus failed(@Nullable MemorySnapshotStatus before, String message) {
    return SnapshotReport.failed(
        node, before == null ? null : before.startedAt(), clock.instant(), message);
  }

  private static String unwatched(MemorySnapshot snapshot) {
    return "container %s of pod %s does not run, or no MemoryPolicy selects it"
        .formatted(snapshot.getSpec().container(), snapshot.getSpec().pod());
  }

  private Instant patientUntil(MemorySnapshot snapshot) {
    var asked = Instant.parse(snapshot.getMetadata().getCreationTimestamp());
    return (asked.isAfter(began) ? asked : began).plus(PATIENCE);
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

  private record Deletions(Runnable onDelete) implements ResourceEventHandler<MemorySnapshot> {
    @Override
    public void onAdd(MemorySnapshot added) {}

    @Override
    public void onUpdate(MemorySnapshot before, MemorySnapshot after) {}

    @Override
    public void onDelete(MemorySnapshot deleted, boolean finalStateUnknown) {
      onDelete.run();
    }
  }
}

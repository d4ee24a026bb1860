package dev.heapwarden.probes.snapshot;

import dev.heapwarden.crds.snapshot.MemorySnapshot;
import dev.heapwarden.crds.snapshot.MemorySnapshotStatus.Artifact;
import dev.heapwarden.crds.snapshot.MemorySnapshotStatus.Phase;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Copies the artefacts of finished snapshots to the object store, beside the taking of others. What
 * came of it is written by the thread that writes all reports; until it is, the copy is made again.
 * A store that is away is asked again, ever less often.
 */
final class ArtifactCopies implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ArtifactCopies.class);

  private static final Duration FIRST_PAUSE = Duration.ofSeconds(15);
  private static final Duration LONGEST_PAUSE = Duration.ofMinutes(10);

  private final String node;
  private final ArtifactStore store;
  private final Destination destination;
  private final Reports reports;
  private final InstantSource clock;
  private final ExecutorService worker = Executors.newSingleThreadExecutor();

  /** When the artefacts of a snapshot could not be copied, by its uid: others go first. */
  private final Map<String, Instant> failed = new HashMap<>();

  private @Nullable Future<Copied> running;
  private Duration pause = FIRST_PAUSE;
  private Instant next = Instant.MIN;

  /** Takes a copy, whole or not at all. */
  interface Destination {
    /**
     * Copies a file.
     *
     * @param sha256 in hex
     * @throws IOException with the reason
     */
    URI put(String key, Path file, String sha256) throws IOException;
  }

  /**
   * What came of the artefacts of one snapshot, by their path on the node.
   *
   * @param failure of the first that could not be copied; those after it were not tried
   */
  private record Copied(
      MemorySnapshot snapshot, Map<String, String> objects, Optional<Failure> failure) {
    Artifact told(Artifact artifact) {
      var object = objects.get(artifact.path());
      return object != null
          ? artifact.copied(object)
          : failure
              .filter(it -> it.path().equals(artifact.path()))
              .map(it -> artifact.notCopied("not in the object store yet: " + it.reason()))
              .orElse(artifact);
    }
  }

  private record Failure(String path, String reason) {}

  ArtifactCopies(
      String node,
      ArtifactStore store,
      Destination destination,
      Reports reports,
      InstantSource clock) {
    this.node = node;
    this.store = store;
    this.destination = destination;
    this.reports = reports;
    this.clock = clock;
  }

  /**
   * Says what came of the copies that were made, and begins those of the next snapshot. What could
   * not be said will be, next time; the taking of snapshots does not wait for it.
   *
   * @param snapshots all that there are in the cluster
   */
  void work(Collection<MemorySnapshot> snapshots) {
    try {
      if (running != null && running.isDone()) {
        conclude(running.resultNow());
        running = null;
      }
      if (running == null && !clock.instant().isBefore(next)) {
        begin(snapshots);
      }
    } catch (KubernetesClientException failure) {
      LOG.warn("copies of artefacts will be told later reason={}", failure.getMessage());
    }
  }

  private void begin(Collection<MemorySnapshot> snapshots) {
    failed.keySet().retainAll(snapshots.stream().map(Reports::uid).collect(Collectors.toSet()));
    snapshots.stream()
        .filter(this::isDue)
        .min(Comparator.comparing(due -> failed.getOrDefault(Reports.uid(due), Instant.MIN)))
        .flatMap(reports::fresh)
        .filter(this::isDue)
        .ifPresent(snapshot -> running = worker.submit(() -> copy(snapshot)));
  }

  private boolean isDue(MemorySnapshot snapshot) {
    var status = snapshot.getStatus();
    return status != null
        && status.phase() == Phase.COMPLETED
        && node.equals(status.node())
        && status.artifacts().stream().anyMatch(this::isDue);
  }

  private boolean isDue(Artifact artifact) {
    var path = artifact.path();
    return artifact.object() == null && path != null && store.holds(path);
  }

  private Copied copy(MemorySnapshot snapshot) {
    var objects = new HashMap<String, String>();
    for (var artifact : snapshot.getStatus().artifacts()) {
      var path = artifact.path();
      var sha256 = artifact.sha256();
      if (path == null || sha256 == null || !isDue(artifact)) {
        continue;
      }
      try {
        var file = Path.of(path);
        objects.put(path, destination.put(key(snapshot, file), file, sha256).toString());
      } catch (IOException failure) {
        return new Copied(
            snapshot,
            objects,
            Optional.of(new Failure(path, String.valueOf(failure.getMessage()))));
      } catch (RuntimeException mistake) {
        LOG.error("artefact could not be copied", mistake);
        var reason = "a mistake of the agent: " + mistake.getClass().getSimpleName();
        return new Copied(snapshot, objects, Optional.of(new Failure(path, reason)));
      }
    }
    return new Copied(snapshot, objects, Optional.empty());
  }

  /** A later snapshot of the same name has other objects. */
  private static String key(MemorySnapshot snapshot, Path file) {
    var metadata = snapshot.getMetadata();
    return String.join(
        "/",
        metadata.getNamespace(),
        metadata.getName(),
        metadata.getUid(),
        file.getFileName().toString());
  }

  private void conclude(Copied copied) {
    reports
        .fresh(copied.snapshot())
        .ifPresent(
            fresh -> {
              var status = fresh.getStatus();
              var told = status.artifacts().stream().map(copied::told).toList();
              if (!told.equals(status.artifacts())) {
                reports.write(fresh, status.ofArtifacts(told));
              }
            });
    if (copied.failure().isPresent()) {
      postpone(Reports.uid(copied.snapshot()), copied.failure().get());
    } else {
      pause = FIRST_PAUSE;
    }
  }

  private void postpone(String uid, Failure failure) {
    LOG.warn("artefacts will be copied again in={} reason={}", pause, failure.reason());
    var now = clock.instant();
    failed.put(uid, now);
    next = now.plus(pause);
    var doubled = pause.multipliedBy(2);
    pause = doubled.compareTo(LONGEST_PAUSE) < 0 ? doubled : LONGEST_PAUSE;
  }

  @Override
  public void close() {
    worker.shutdownNow();
  }
}

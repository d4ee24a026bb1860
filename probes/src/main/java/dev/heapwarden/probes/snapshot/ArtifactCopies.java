package dev.heapwarden.probes.snapshot;

import dev.heapwarden.crds.snapshot.MemorySnapshot;
import dev.heapwarden.crds.snapshot.MemorySnapshotStatus.Artifact;
import dev.heapwarden.crds.snapshot.MemorySnapshotStatus.Phase;
import dev.heapwarden.crds.snapshot.SnapshotKind;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Copies the artefacts of finished snapshots to the object store, beside the taking of others. What
 * came of it is written by the thread that writes all reports. What could not be copied is tried
 * again, ever less often, and keeps nothing else waiting.
 */
final class ArtifactCopies implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ArtifactCopies.class);

  private static final Duration FIRST_PAUSE = Duration.ofSeconds(15);
  private static final Duration LONGEST_PAUSE = Duration.ofMinutes(30);

  private static final int TOO_MANY_REQUESTS = 429;

  private final String node;
  private final ArtifactStore store;
  private final Destination destination;
  private final Reports reports;
  private final InstantSource clock;
  private final ExecutorService worker = Executors.newSingleThreadExecutor();

  /** By the uid of a snapshot. */
  private final Map<String, Pause> pauses = new HashMap<>();

  private @Nullable Running running;

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

  private record Pause(Duration length, Instant until) {}

  private record Running(MemorySnapshot snapshot, Future<Copied> copied) {}

  /** What came of the artefacts of one snapshot, which has one of a kind. */
  private record Copied(Map<SnapshotKind, String> objects, Map<SnapshotKind, String> reasons) {
    Artifact told(Artifact artifact) {
      var object = objects.get(artifact.kind());
      if (object != null) {
        return artifact.copied(object);
      }
      var reason = reasons.get(artifact.kind());
      return reason == null || artifact.path() == null
          ? artifact
          : artifact.notCopied("not in the object store yet: " + reason);
    }
  }

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
   * Says what came of the copies that were made, and begins those of the next snapshot.
   *
   * @param snapshots all that there are in the cluster
   */
  void work(Collection<MemorySnapshot> snapshots) {
    store.copied(
        snapshots.stream()
            .filter(ArtifactCopies::isCopied)
            .map(ArtifactStore.Owner::of)
            .collect(Collectors.toSet()));
    try {
      if (running != null && running.copied().isDone()) {
        conclude(running);
        running = null;
      }
      if (running == null) {
        begin(snapshots);
      }
    } catch (KubernetesClientException failure) {
      LOG.warn("copies of artefacts will be told later reason={}", failure.getMessage());
    }
  }

  private void begin(Collection<MemorySnapshot> snapshots) {
    pauses.keySet().retainAll(snapshots.stream().map(Reports::uid).collect(Collectors.toSet()));
    snapshots.stream()
        .filter(this::isDue)
        .findFirst()
        .flatMap(reports::fresh)
        .filter(this::isDue)
        .ifPresent(
            snapshot -> running = new Running(snapshot, worker.submit(() -> copy(snapshot))));
  }

  private boolean isDue(MemorySnapshot snapshot) {
    var status = snapshot.getStatus();
    var pause = pauses.get(Reports.uid(snapshot));
    return status != null
        && status.phase() == Phase.COMPLETED
        && node.equals(status.node())
        && (pause == null || !clock.instant().isBefore(pause.until()))
        && status.artifacts().stream().anyMatch(this::isDue);
  }

  private boolean isDue(Artifact artifact) {
    var path = artifact.path();
    return artifact.object() == null && path != null && store.holds(path);
  }

  private static boolean isCopied(MemorySnapshot snapshot) {
    var status = snapshot.getStatus();
    return status != null
        && status.phase() == Phase.COMPLETED
        && status.artifacts().stream()
            .allMatch(artifact -> artifact.path() == null || artifact.object() != null);
  }

  private Copied copy(MemorySnapshot snapshot) {
    var objects = new EnumMap<SnapshotKind, String>(SnapshotKind.class);
    var reasons = new EnumMap<SnapshotKind, String>(SnapshotKind.class);
    for (var artifact : snapshot.getStatus().artifacts()) {
      var path = artifact.path();
      var sha256 = artifact.sha256();
      if (path == null || sha256 == null || !isDue(artifact)) {
        continue;
      }
      try {
        var file = Path.of(path);
        objects.put(artifact.kind(), destination.put(key(snapshot, file), file, sha256).toString());
      } catch (IOException failure) {
        reasons.put(artifact.kind(), String.valueOf(failure.getMessage()));
      } catch (RuntimeException mistake) {
        LOG.error("artefact could not be copied", mistake);
        reasons.put(
            artifact.kind(), "a mistake of the agent: " + mistake.getClass().getSimpleName());
      }
    }
    return new Copied(objects, reasons);
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

  /**
   * Says what came of them.
   *
   * @throws KubernetesClientException when that could not be said yet
   */
  private void conclude(Running done) {
    var uid = Reports.uid(done.snapshot());
    if (done.copied().state() != Future.State.SUCCESS) {
      LOG.error("artefacts could not be copied", done.copied().exceptionNow());
      postpone(uid);
      return;
    }
    var copied = done.copied().resultNow();
    try {
      reports.fresh(done.snapshot()).ifPresent(fresh -> tell(fresh, copied));
    } catch (KubernetesClientException failure) {
      if (!isRefusal(failure.getCode())) {
        throw failure;
      }
      LOG.warn("what became of copies was refused code={}", failure.getCode());
      postpone(uid);
      return;
    }
    if (copied.reasons().isEmpty()) {
      pauses.remove(uid);
    } else {
      LOG.warn("artefacts will be copied again reasons={}", copied.reasons());
      postpone(uid);
    }
  }

  private static boolean isRefusal(int code) {
    return code >= HttpURLConnection.HTTP_BAD_REQUEST
        && code < HttpURLConnection.HTTP_INTERNAL_ERROR
        && code != HttpURLConnection.HTTP_CONFLICT
        && code != TOO_MANY_REQUESTS;
  }

  private void tell(MemorySnapshot fresh, Copied copied) {
    var status = fresh.getStatus();
    var told = status.artifacts().stream().map(copied::told).toList();
    if (!told.equals(status.artifacts())) {
      reports.write(fresh, status.ofArtifacts(told));
    }
  }

  private void postpone(String uid) {
    var before = pauses.get(uid);
    var length = before == null ? FIRST_PAUSE : before.length().multipliedBy(2);
    if (length.compareTo(LONGEST_PAUSE) > 0) {
      length = LONGEST_PAUSE;
    }
    pauses.put(uid, new Pause(length, clock.instant().plus(length)));
  }

  @Override
  public void close() {
    worker.shutdownNow();
  }
}

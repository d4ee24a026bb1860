package dev.heapwarden.probes.snapshot;

import dev.heapwarden.crds.snapshot.MemorySnapshot;
import dev.heapwarden.crds.snapshot.MemorySnapshotStatus;
import dev.heapwarden.crds.snapshot.MemorySnapshotStatus.Phase;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes the status of snapshots. What was found is kept until it is written: evidence is not taken
 * twice because the API server was away. Used by one thread.
 */
final class Reports {
  private static final Logger LOG = LoggerFactory.getLogger(Reports.class);

  private static final int TRIES = 5;

  /** Bad request, too large, unprocessable: asking again changes nothing. */
  private static final Set<Integer> REFUSALS = Set.of(400, 413, 422);

  /** Of a connection that was refused or lost the client (fabric8 7.8) says 0 or -1. */
  private static final int NO_ANSWER = 0;

  private final KubernetesClient client;

  /** By the uid of the snapshot, the oldest first. */
  private final Map<String, Conclusion> unwritten = new LinkedHashMap<>();

  private record Conclusion(MemorySnapshot snapshot, MemorySnapshotStatus status) {}

  Reports(KubernetesClient client) {
    this.client = client;
  }

  /**
   * Writes with the resourceVersion that was read: nothing is overwritten.
   *
   * @throws KubernetesClientException also for a conflict
   */
  MemorySnapshot write(MemorySnapshot snapshot, MemorySnapshotStatus status) {
    // Another object: the one given may be an informer's own.
    var written = new MemorySnapshot();
    written.setMetadata(snapshot.getMetadata());
    written.setSpec(snapshot.getSpec());
    written.setStatus(status);
    return client.resource(written).updateStatus();
  }

  /**
   * Says what became of a snapshot that this agent has running. Labels that somebody changed
   * meanwhile do not matter; one that is gone is left alone.
   *
   * @throws KubernetesClientException when it could not be written yet: see {@link #catchUp}
   */
  void conclude(MemorySnapshot running, MemorySnapshotStatus status) {
    var conclusion = new Conclusion(running, status);
    unwritten.put(uid(running), conclusion);
    writeDown(conclusion);
  }

  /** Whether what became of a snapshot is known and only not written yet. */
  boolean awaits(MemorySnapshot snapshot) {
    return unwritten.containsKey(uid(snapshot));
  }

  /**
   * Writes what earlier failures left unwritten. A report that the API server does not take must
   * not keep the others of this node from being taken or written.
   *
   * @throws KubernetesClientException when no answer came: nothing else could be written either
   */
  void catchUp() {
    for (var conclusion : List.copyOf(unwritten.values())) {
      try {
        writeDown(conclusion);
      } catch (KubernetesClientException failure) {
        if (failure.getCode() <= NO_ANSWER) {
          throw failure;
        }
        LOG.warn("report will be tried again code={}", failure.getCode());
      }
    }
  }

  private void writeDown(Conclusion found) {
    var conclusion = found;
    for (int left = TRIES - 1; ; left--) {
      try {
        conclude(conclusion);
        unwritten.remove(uid(conclusion.snapshot()));
        return;
      } catch (KubernetesClientException failure) {
        if (REFUSALS.contains(failure.getCode()) && conclusion.status().phase() != Phase.FAILED) {
          conclusion = refused(conclusion, failure.getCode());
        } else if (failure.getCode() != HttpURLConnection.HTTP_CONFLICT || left == 0) {
          throw failure;
        }
      }
    }
  }

  /** As the API server has it now, unless it is gone; another of its name is another. */
  Optional<MemorySnapshot> fresh(MemorySnapshot snapshot) {
    return Optional.ofNullable(client.resource(snapshot).get())
        .filter(found -> uid(found).equals(uid(snapshot)));
  }

  private void conclude(Conclusion conclusion) {
    var fresh = fresh(conclusion.snapshot()).filter(Reports::runs);
    if (fresh.isEmpty()) {
      LOG.info(
          "snapshot went while it was taken namespace={} name={}",
          conclusion.snapshot().getMetadata().getNamespace(),
          conclusion.snapshot().getMetadata().getName());
      return;
    }
    write(fresh.get(), conclusion.status());
  }

  private static boolean runs(MemorySnapshot snapshot) {
    var status = snapshot.getStatus();
    return status != null && status.phase() == Phase.RUNNING;
  }

  static String uid(MemorySnapshot snapshot) {
    return snapshot.getMetadata().getUid();
  }

  private static Conclusion refused(Conclusion conclusion, int code) {
    var status = conclusion.status();
    LOG.warn(
        "report was refused namespace={} name={} code={}",
        conclusion.snapshot().getMetadata().getNamespace(),
        conclusion.snapshot().getMetadata().getName(),
        code);
    return new Conclusion(
        conclusion.snapshot(),
        new MemorySnapshotStatus(
            Phase.FAILED,
            null,
            "the API server refused the agent's report with HTTP " + code,
            status.node(),
            status.startedAt(),
            status.completedAt(),
            List.of(),
            List.of(),
            List.of(),
            null,
            null));
  }
}

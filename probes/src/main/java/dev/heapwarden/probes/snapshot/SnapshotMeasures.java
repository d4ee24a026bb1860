package dev.heapwarden.probes.snapshot;

import dev.heapwarden.crds.snapshot.MemorySnapshotStatus;
import dev.heapwarden.crds.snapshot.MemorySnapshotStatus.Artifact;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;

/** Counts the snapshots of this agent's life. */
public final class SnapshotMeasures {
  private static final String PREFIX = "heapwarden_agent_";

  private final MeterRegistry registry;
  private final Counter bytes;
  private final Counter stall;

  public SnapshotMeasures(MeterRegistry registry) {
    this.registry = registry;
    bytes =
        Counter.builder(PREFIX + "artifact_bytes")
            .description("Bytes of the artefacts taken")
            .register(registry);
    stall =
        Counter.builder(PREFIX + "snapshot_stall_seconds")
            .description("Time that watched programs stood still for artefacts, at most")
            .register(registry);
  }

  /** Takes a snapshot's last status. */
  public void finished(MemorySnapshotStatus status) {
    if (status.startedAt() != null && status.completedAt() != null) {
      Timer.builder(PREFIX + "snapshot_seconds")
          .description("Time that a snapshot took")
          .tag("phase", word(status.phase()))
          .register(registry)
          .record(
              Duration.between(
                  Instant.parse(status.startedAt()), Instant.parse(status.completedAt())));
    }
    status.artifacts().forEach(this::count);
  }

  private void count(Artifact artifact) {
    Counter.builder(PREFIX + "artifacts")
        .description("Kinds of evidence asked for, by what became of them")
        .tag("kind", word(artifact.kind()))
        .tag("state", word(artifact.state()))
        .register(registry)
        .increment();
    if (artifact.size() != null) {
      bytes.increment((double) artifact.size());
    }
    if (artifact.stallMillis() != null) {
      stall.increment(artifact.stallMillis() / 1e3);
    }
  }

  private static String word(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }
}

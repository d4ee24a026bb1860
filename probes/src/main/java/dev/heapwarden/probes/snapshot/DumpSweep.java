package dev.heapwarden.probes.snapshot;

import dev.heapwarden.probes.jvm.HeapDump;
import dev.heapwarden.probes.target.Target;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Deletes dumps that an agent left because it was killed, now and then; on a thread of its own,
 * because the disk of a container may not answer.
 */
final class DumpSweep {
  /** Longer than any dump takes. */
  private static final Duration LEFT = Duration.ofMinutes(5);

  private static final Duration EVERY = Duration.ofMinutes(1);

  private final Path procRoot;
  private @Nullable Thread sweeper;
  private long sweptAt = System.nanoTime() - EVERY.toNanos();

  DumpSweep(Path procRoot) {
    this.procRoot = procRoot;
  }

  void sweep(List<Target> targets) {
    long now = System.nanoTime();
    if (now - sweptAt < EVERY.toNanos() || isSweeping()) {
      return;
    }
    sweptAt = now;
    var before = Instant.now().minus(LEFT);
    sweeper =
        Thread.ofPlatform()
            .daemon()
            .name("dump-sweep")
            .start(
                () ->
                    targets.stream()
                        .flatMap(target -> JvmEvidence.process(target).stream())
                        .forEach(process -> HeapDump.sweep(process.pid(), procRoot, before)));
  }

  private boolean isSweeping() {
    return sweeper != null && sweeper.isAlive();
  }
}

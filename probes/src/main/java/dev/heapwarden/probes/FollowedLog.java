package dev.heapwarden.probes;

import dev.heapwarden.probes.gclog.GcLog;
import dev.heapwarden.probes.target.TargetProcess;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * A log that is followed for one process. No line of a container's log says which process wrote it:
 * it is read as long as no other writes such lines too. Used by one thread at a time.
 */
final class FollowedLog implements AutoCloseable {
  private final GcLog<?> log;
  private final Writers writers;
  private Set<TargetProcess.Identity> silent = Set.of();

  /** Tells which processes write into the log. */
  interface Writers {
    boolean has(TargetProcess process) throws IOException;
  }

  FollowedLog(GcLog<?> log, Writers writers) {
    this.log = log;
    this.writers = writers;
  }

  GcLog<?> log() {
    return log;
  }

  /**
   * Makes sure that none of the others writes into it; what one was started with is asked once.
   *
   * @throws IOException when one does
   */
  void checkAlone(List<TargetProcess> others) throws IOException {
    var checked = new HashSet<TargetProcess.Identity>();
    for (var other : others) {
      if (!silent.contains(other.identity()) && writes(other)) {
        throw new IOException("several of its processes write such lines into the same log");
      }
      checked.add(other.identity());
    }
    silent = checked;
  }

  private boolean writes(TargetProcess other) throws IOException {
    try {
      return writers.has(other);
    } catch (NoSuchFileException _) {
      // It ended.
      return false;
    }
  }

  @Override
  public void close() {
    log.close();
  }
}

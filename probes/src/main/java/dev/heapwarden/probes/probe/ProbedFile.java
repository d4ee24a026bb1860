package dev.heapwarden.probes.probe;

import dev.heapwarden.probes.cost.Cause;
import java.nio.file.Path;
import java.util.Set;

/** A file of programs that uprobes are put on. */
sealed interface ProbedFile permits GoExecutable, JvmLibrary {
  /** Through the root of a process that runs it. */
  Path path();

  /** Probes that are too much for those who run it. */
  Set<Cause> leftOut();

  /** The same for one who runs it too: left out is what both are spared. */
  ProbedFile forBoth(ProbedFile other);

  /** Whether all is too much. */
  boolean isSpared();

  /** How many bpftrace must announce. */
  int probes();

  /**
   * Maps of hits by process; those of others have the same names with {@code other} behind them.
   */
  Set<String> hits();

  /** CPU nanoseconds that a hit takes. */
  long cost(Cause cause);
}

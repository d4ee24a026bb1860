package dev.heapwarden.probes.snapshot;

import dev.heapwarden.crds.snapshot.SnapshotKind;
import dev.heapwarden.probes.gomemory.HeapHolderReader;
import dev.heapwarden.probes.heap.HeapDumpReader;
import dev.heapwarden.probes.jvm.JvmAttach;
import java.time.Duration;

/**
 * For how long a kind of evidence is waited for: as long as it may take by its own limits, where
 * the files of its container answer. They may never do, as over a network that is gone.
 */
final class Patience {
  /** For all besides: to find a process, to read the symbols of a large program, to store. */
  private static final Duration SLACK = Duration.ofSeconds(30);

  private static final Duration QUESTION = JvmEvidence.DEADLINE.plus(JvmAttach.LISTENS_WITHIN);

  private Patience() {}

  /**
   * Waits for a kind.
   *
   * @param window of the order
   */
  static Duration with(SnapshotKind kind, Duration window) {
    return SLACK.plus(
        switch (kind) {
          case MAP_GROWTH -> window.plus(MapGrowthEvidence.OVERHEAD).plus(MapTables.TIME);
          case NATIVE_ALLOCATIONS -> window.plus(NativeAllocationEvidence.OVERHEAD);
          case KERNEL_MEMORY -> window.plus(MapGrowthEvidence.OVERHEAD);
          case GO_HEAP_PROFILE, GOROUTINES, MEM_STATS -> PprofEvidence.DEADLINE;
          case GO_HEAP_HOLDERS -> window.plus(HeapHolderReader.TIME.multipliedBy(2));
          // Whether it counts them, and the profile.
          case MUTEX_PROFILE -> PprofEvidence.DEADLINE.multipliedBy(2);
          case THREAD_DUMP, HEAP_INFO, FINALIZER_INFO -> QUESTION;
          // For the detail, and for the summary where there is none.
          case NATIVE_MEMORY -> QUESTION.multipliedBy(2);
          case SMAPS, PREVIOUS_LOG -> Duration.ZERO;
          // Its version, its flags and what it logs.
          case FLAGS -> QUESTION.multipliedBy(3);
          // Each may wait for a collection, for half a window.
          case CLASS_HISTOGRAM -> QUESTION.multipliedBy(3).plus(window.multipliedBy(3));
          // How much its heap holds, how many objects, and the dump.
          case INSTANCE_SAMPLE ->
              QUESTION
                  .multipliedBy(2)
                  .plus(JvmAttach.LISTENS_WITHIN)
                  .plus(HeapDumps.LONGEST)
                  .plus(HeapDumpReader.DEADLINE);
          // How much its heap holds, the dump, and its copy.
          case HEAP_DUMP ->
              QUESTION
                  .plus(JvmAttach.LISTENS_WITHIN)
                  .plus(HeapDumps.LONGEST)
                  .plus(HeapDumpEvidence.COPYING);
          // Before and after it is asked what its heap holds, and once what it knows.
          case COLLECT_GARBAGE, TRIM_NATIVE_HEAP -> QUESTION.multipliedBy(4);
          case AUTO -> throw new IllegalArgumentException("Auto is no kind of its own");
        });
  }
}

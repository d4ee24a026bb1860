package dev.heapwarden.probes.probe;

import dev.heapwarden.probes.cost.Cause;
import dev.heapwarden.probes.jvm.TracedCollections;
import java.util.List;

/** What the node's program saw of one process. Times are nanoseconds of CLOCK_MONOTONIC. */
public sealed interface ProbeEvent {
  long pid();

  long nanos();

  /** What the process paid for it: which of its probes tells. */
  Cause cause();

  /**
   * A garbage collection ended its mark phase.
   *
   * @param liveBytes that it found live
   * @param collections since the last event of this process: more than one when they came too fast
   *     to tell each
   * @param markTermination nanoseconds of the longest one since then; 0 where it is not watched
   */
  record Collection(long pid, long nanos, long liveBytes, long collections, long markTermination)
      implements ProbeEvent {
    @Override
    public Cause cause() {
      return Cause.GO_GC;
    }
  }

  /**
   * A map is about to grow.
   *
   * @param address of its header
   * @param entries that it holds
   * @param type address of its type's descriptor
   * @param returnAddresses innermost first
   */
  record MapGrowth(
      long pid, long nanos, long address, long entries, long type, List<Long> returnAddresses)
      implements ProbeEvent {
    public MapGrowth {
      returnAddresses = List.copyOf(returnAddresses);
    }

    @Override
    public Cause cause() {
      return Cause.GO_MAP_GROWTH;
    }
  }

  /**
   * What a collection left in a JVM. Names are numbers: see {@link TracedCollections}.
   *
   * @param manager what collected
   * @param pool what is told: the old generation, or the heap
   * @param used bytes in it
   * @param most bytes that it can hold, not positive where there is no limit
   * @param metaspace bytes in use of that
   */
  record JvmCollection(
      long pid, long nanos, long manager, long pool, long used, long most, long metaspace)
      implements ProbeEvent {
    @Override
    public Cause cause() {
      return Cause.JVM_USDT;
    }
  }

  /**
   * A JVM stood still for a collection.
   *
   * @param nanos end of the pause
   * @param pools whether what the collection left was told in it
   */
  record JvmPause(long pid, long nanos, long pauseNanos, boolean pools) implements ProbeEvent {
    @Override
    public Cause cause() {
      return Cause.JVM_USDT;
    }
  }

  /**
   * Page faults of one time slot.
   *
   * @param nanos end of the slot
   */
  record Faults(long pid, long nanos, long faults) implements ProbeEvent {
    @Override
    public Cause cause() {
      return Cause.PAGE_FAULTS;
    }
  }

  /**
   * What a probe took from the process in one time slot.
   *
   * @param nanos end of the slot
   * @param cpuNanos hits times what one costs
   */
  record Spent(long pid, long nanos, Cause cause, long cpuNanos) implements ProbeEvent {}
}

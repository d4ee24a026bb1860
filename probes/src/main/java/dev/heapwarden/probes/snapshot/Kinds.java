package dev.heapwarden.probes.snapshot;

import dev.heapwarden.crds.snapshot.SnapshotKind;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.SequencedSet;
import java.util.stream.Stream;

/** What Auto stands for, in the order in which it is taken. */
final class Kinds {
  private static final List<SnapshotKind> GO =
      List.of(
          SnapshotKind.MAP_GROWTH,
          SnapshotKind.KERNEL_MEMORY,
          SnapshotKind.MEM_STATS,
          SnapshotKind.SMAPS,
          SnapshotKind.GO_HEAP_PROFILE,
          SnapshotKind.GO_HEAP_HOLDERS,
          SnapshotKind.GOROUTINES);

  /** It has to be asked for: the memory of a program is not read for it. */
  private static final List<SnapshotKind> GO_WITH_PPROF =
      Stream.concat(GO.stream(), Stream.of(SnapshotKind.MUTEX_PROFILE)).toList();

  private static final List<SnapshotKind> JVM =
      List.of(
          SnapshotKind.KERNEL_MEMORY,
          SnapshotKind.SMAPS,
          SnapshotKind.FLAGS,
          SnapshotKind.CLASS_HISTOGRAM,
          SnapshotKind.HEAP_INFO,
          SnapshotKind.NATIVE_MEMORY,
          SnapshotKind.FINALIZER_INFO,
          SnapshotKind.THREAD_DUMP);

  private static final List<SnapshotKind> OTHER =
      List.of(SnapshotKind.NATIVE_ALLOCATIONS, SnapshotKind.KERNEL_MEMORY, SnapshotKind.SMAPS);

  private Kinds() {}

  /** The kinds asked for, Auto replaced by what runtime and policy offer. */
  static SequencedSet<SnapshotKind> of(List<SnapshotKind> asked, Order order) {
    var kinds = new LinkedHashSet<SnapshotKind>();
    for (var kind : asked) {
      kinds.addAll(kind == SnapshotKind.AUTO ? of(order) : List.of(kind));
    }
    return kinds;
  }

  private static List<SnapshotKind> of(Order order) {
    return switch (order.target().runtime()) {
      case GO -> PprofEvidence.named(order) ? GO_WITH_PPROF : GO;
      case JVM -> JVM;
      case NATIVE, UNKNOWN -> OTHER;
    };
  }
}

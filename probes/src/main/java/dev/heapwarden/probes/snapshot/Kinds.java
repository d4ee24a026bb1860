package dev.heapwarden.probes.snapshot;

import dev.heapwarden.crds.snapshot.SnapshotKind;
import dev.heapwarden.detection.sample.RuntimeKind;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.SequencedSet;

/** What Auto stands for, in the order in which it is taken. */
final class Kinds {
  private static final List<SnapshotKind> GO =
      List.of(
          SnapshotKind.MAP_GROWTH,
          SnapshotKind.KERNEL_MEMORY,
          SnapshotKind.MEM_STATS,
          SnapshotKind.GO_HEAP_PROFILE,
          SnapshotKind.GOROUTINES);

  private static final List<SnapshotKind> JVM =
      List.of(
          SnapshotKind.KERNEL_MEMORY,
          SnapshotKind.FLAGS,
          SnapshotKind.CLASS_HISTOGRAM,
          SnapshotKind.HEAP_INFO,
          SnapshotKind.NATIVE_MEMORY,
          SnapshotKind.THREAD_DUMP);

  private static final List<SnapshotKind> OTHER =
      List.of(SnapshotKind.NATIVE_ALLOCATIONS, SnapshotKind.KERNEL_MEMORY);

  private Kinds() {}

  /** The kinds asked for, Auto replaced by what the runtime offers. */
  static SequencedSet<SnapshotKind> of(List<SnapshotKind> asked, RuntimeKind runtime) {
    var kinds = new LinkedHashSet<SnapshotKind>();
    for (var kind : asked) {
      kinds.addAll(kind == SnapshotKind.AUTO ? of(runtime) : List.of(kind));
    }
    return kinds;
  }

  private static List<SnapshotKind> of(RuntimeKind runtime) {
    return switch (runtime) {
      case GO -> GO;
      case JVM -> JVM;
      case NATIVE, UNKNOWN -> OTHER;
    };
  }
}

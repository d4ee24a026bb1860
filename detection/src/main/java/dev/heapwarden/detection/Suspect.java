package dev.heapwarden.detection;

import dev.heapwarden.detection.feature.Feature;
import dev.heapwarden.detection.feature.Features;
import dev.heapwarden.detection.verdict.Cause;
import dev.heapwarden.detection.verdict.MapCause;
import dev.heapwarden.detection.verdict.Witness;
import dev.heapwarden.detection.verdict.Witness.Stance;

/** From who speaks for a leak to its class: the one that says most comes first. */
final class Suspect {
  private Suspect() {}

  static Cause of(Testimony testimony) {
    if (testimony.leakingMap().isPresent()) {
      var map = testimony.leakingMap().get().map();
      return MapCause.of(map.type(), map.site());
    }
    if (supports(testimony, Witness.Kind.GOROUTINES)) {
      return Cause.GOROUTINE_GROWTH;
    }
    // Loaders and threads are held by objects of the heap, which then grows as well.
    if (supports(testimony, Witness.Kind.METASPACE)) {
      return Cause.METASPACE;
    }
    if (supports(testimony, Witness.Kind.THREADS)) {
      return Cause.THREADS;
    }
    if (supports(testimony, Witness.Kind.DIRECT_MEMORY)) {
      return Cause.DIRECT_BUFFERS;
    }
    if (supports(testimony, Witness.Kind.PAGE_FAULTS)
        || supports(testimony, Witness.Kind.SHARED_MEMORY)) {
      return outsideTheHeap(testimony);
    }
    if (testimony.leakingClass().isPresent()) {
      return Cause.CLASS_GROWTH;
    }
    if (supports(testimony, Witness.Kind.POST_GC_LIVE_HEAP)) {
      return testimony.features().value(Feature.HEAP_LIMIT).isPresent()
          ? Cause.OLD_GENERATION
          : Cause.UNKNOWN;
    }
    return outsideTheHeap(testimony);
  }

  private static Cause outsideTheHeap(Testimony testimony) {
    if (growsInFiles(testimony.features())) {
      return Cause.FILE_MEMORY;
    }
    if (supports(testimony, Witness.Kind.KERNEL_MEMORY)) {
      return Cause.KERNEL_MEMORY;
    }
    if (supports(testimony, Witness.Kind.OPEN_FILES)) {
      return Cause.OPEN_FILES;
    }
    return supports(testimony, Witness.Kind.PAGE_FAULTS) ? Cause.NATIVE_GROWTH : Cause.UNKNOWN;
  }

  /** At least half of what grows is shared; of a JVM that may be its heap (ZGC). */
  private static boolean growsInFiles(Features features) {
    double shared = features.value(Feature.SHARED_MEMORY_GROWTH_RATE).orElse(0.0);
    double all = features.value(Feature.ANONYMOUS_SLOPE).orElse(0.0);
    return features.value(Feature.HEAP_LIMIT).isEmpty() && shared > 0 && shared >= all / 2;
  }

  private static boolean supports(Testimony testimony, Witness.Kind kind) {
    return testimony.is(kind, Stance.SUPPORTS);
  }
}

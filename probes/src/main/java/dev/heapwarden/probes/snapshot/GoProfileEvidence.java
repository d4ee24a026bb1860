package dev.heapwarden.probes.snapshot;

import java.io.IOException;

/**
 * The profiles of a Go program: as it offers them where the policy says where, else as far as its
 * memory tells.
 */
record GoProfileEvidence(PprofEvidence pprof, GoMemoryEvidence memory) {
  private static final String HEAP = "heap.pb.gz";
  private static final String HEAP_BEFORE = "heap-before-gc.pb.gz";
  private static final String GOROUTINES = "goroutines.pb.gz";
  private static final String MUTEXES = "mutexes.pb.gz";

  Evidence heap(Order order) throws IOException, InterruptedException {
    return PprofEvidence.named(order) ? collected(order) : memory.heapProfile(order, HEAP);
  }

  /** As the program's own last collection left it, and after one that it is asked for. */
  private Evidence collected(Order order) throws IOException, InterruptedException {
    var before = pprof.take(order, "heap", HEAP_BEFORE);
    if (!(before instanceof Evidence.Taken earlier)) {
      return before;
    }
    var after = pprof.take(order, "heap?gc=1", HEAP);
    return after instanceof Evidence.Taken taken ? taken.following(earlier) : after;
  }

  Evidence goroutines(Order order) throws IOException, InterruptedException {
    return PprofEvidence.named(order)
        ? withGroups(order, pprof.take(order, "goroutine?debug=0", GOROUTINES))
        : memory.goroutines(order, GOROUTINES);
  }

  /** A profile that the program wrote says neither what they wait for nor who created them. */
  private Evidence withGroups(Order order, Evidence profile) throws IOException {
    return profile instanceof Evidence.Taken taken
        ? taken.telling(Evidence.Told.goroutines(memory.groups(order.target())))
        : profile;
  }

  /** Only as it offers it. */
  Evidence mutexes(Order order) throws IOException, InterruptedException {
    return pprof.mutexes(order, MUTEXES);
  }
}

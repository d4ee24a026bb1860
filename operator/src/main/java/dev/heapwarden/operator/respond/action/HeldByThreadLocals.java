package dev.heapwarden.operator.respond.action;

import dev.heapwarden.crds.snapshot.MemorySnapshotStatus.InstanceReport;
import dev.heapwarden.crds.snapshot.MemorySnapshotStatus.InstanceReport.Holder;
import java.util.List;

/**
 * Whether a class grows in the ThreadLocals of threads. That is said only where each instance that
 * was looked at is held so, and near: whatever a thread works for can be reached by its
 * ThreadLocals somehow, a cache of the whole program too.
 */
final class HeldByThreadLocals {
  /** The field by which a thread holds the value of a ThreadLocal (JDK 8 to 25). */
  private static final String VALUE = "java.lang.ThreadLocal$ThreadLocalMap$Entry.value";

  /** Of all classes of the Java platform that hold others. */
  private static final String PLATFORM = "java.";

  private HeldByThreadLocals() {}

  static boolean all(InstanceReport found) {
    var holders = found.holders();
    int held = holders.stream().mapToInt(Holder::instances).sum();
    return held > 0
        && held == found.sampled()
        && holders.stream().allMatch(holder -> isNear(holder.chain()));
  }

  /** By the value itself, its own fields, and collections between. */
  private static boolean isNear(List<String> chain) {
    return chain.stream().anyMatch(step -> step.startsWith(VALUE))
        && chain.stream()
                .dropWhile(step -> !step.startsWith(VALUE))
                .filter(step -> !step.startsWith(PLATFORM))
                .count()
            <= 1;
  }
}

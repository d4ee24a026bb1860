package dev.heapwarden.operator.respond.action;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heapwarden.crds.snapshot.MemorySnapshotStatus.InstanceReport;
import dev.heapwarden.crds.snapshot.MemorySnapshotStatus.InstanceReport.Holder;
import dev.heapwarden.detection.verdict.Cause;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The chains are those that probes' ThreadLocalHoldersTest reads from a dump. */
class HeldByThreadLocalsTest {
  private static final String MAP = "java.lang.ThreadLocal$ThreadLocalMap.table[]";
  private static final String VALUE = "java.lang.ThreadLocal$ThreadLocalMap$Entry.value";
  private static final String LIST = "java.util.ArrayList.elementData[]";

  @Test
  void whatEachThreadKeepsInAListIsHeldByThreadLocals() {
    assertThat(held(2, holder(2, MAP, VALUE, LIST))).isTrue();
    assertThat(held(2, holder(2, MAP, VALUE))).isTrue();
    assertThat(held(2, holder(2, MAP, VALUE, "Context.visits", LIST))).isTrue();
  }

  @Test
  void theIncidentNamesItsClassWithTheEvidence() {
    assertThat(SampleInstances.seen(report(2, holder(2, MAP, VALUE, LIST))))
        .isEqualTo(
            new Seen.Done(
                "2 of 900 instances of Visit; held by thread (Thread), as values of its"
                    + " ThreadLocals",
                Optional.of(new Seen.Culprit(Cause.THREAD_LOCALS, "Visit"))));
    assertThat(SampleInstances.seen(report(2, holder(2, LIST))).culprit()).isEmpty();
  }

  @Test
  void whereSomebodyElseHoldsOneOfThemItIsNotSaid() {
    assertThat(held(2, holder(1, MAP, VALUE, LIST), holder(1, LIST))).isFalse();
    assertThat(held(3, holder(2, MAP, VALUE, LIST))).isFalse();
  }

  @Test
  void aCacheThatAThreadsContextLeadsToIsNotItsOwn() {
    assertThat(held(2, holder(2, MAP, VALUE, "Context.shop", "Shop.cache", LIST))).isFalse();
    assertThat(held(2, holder(2, MAP, VALUE, "Context.shop", "9 more", LIST))).isFalse();
  }

  @Test
  void whatNobodyHoldsIsNotSaidToBeHeld() {
    assertThat(held(0)).isFalse();
    assertThat(held(2)).isFalse();
    assertThat(held(2, holder(2, "java.util.HashMap.table[]"))).isFalse();
  }

  private static boolean held(int sampled, Holder... holders) {
    return HeldByThreadLocals.all(report(sampled, holders));
  }

  private static InstanceReport report(int sampled, Holder... holders) {
    return new InstanceReport("Visit", 900, sampled, List.of(holders));
  }

  private static Holder holder(int instances, String... chain) {
    return new Holder("thread (Thread)", List.of(chain), instances);
  }
}

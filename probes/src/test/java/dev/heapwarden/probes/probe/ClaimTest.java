package dev.heapwarden.probes.probe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heapwarden.probes.cost.Cause;
import java.util.Map;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class ClaimTest {
  private static final long WATCHED_BY_BOTH = 7;
  private static final long NEW = 8;

  @Test
  void anEventThatOldAndNewProgramSeeCountsOnce() {
    var old = Claim.whole().endingAt(100);
    var successor = Claim.after(100, Map.of(Cause.GO_GC, Set.of(WATCHED_BY_BOTH)));

    assertThat(LongStream.range(90, 110))
        .allSatisfy(
            nanos ->
                assertThat(old.takes(Cause.GO_GC, WATCHED_BY_BOTH, nanos))
                    .isNotEqualTo(successor.takes(Cause.GO_GC, WATCHED_BY_BOTH, nanos)));
  }

  @Test
  void aNewProcessCountsFromTheMomentItsProbeIsAttached() {
    var successor = Claim.after(100, Map.of(Cause.GO_GC, Set.of(WATCHED_BY_BOTH)));

    assertThat(successor.takes(Cause.GO_GC, NEW, 95)).isTrue();
  }

  /** A JVM whose counters turn out to be unreadable was watched for its page faults before. */
  @Test
  void aNewProbeOfAProcessThatWasWatchedBeforeCountsFromTheMomentItIsAttached() {
    var successor = Claim.after(100, Map.of(Cause.PAGE_FAULTS, Set.of(WATCHED_BY_BOTH)));

    assertThat(successor.takes(Cause.JVM_USDT, WATCHED_BY_BOTH, 95)).isTrue();
    assertThat(successor.takes(Cause.PAGE_FAULTS, WATCHED_BY_BOTH, 95)).isFalse();
  }

  @Test
  void aSecondCutOverEndsTheFirstSuccessor() {
    var middle = Claim.after(100, Map.of(Cause.GO_GC, Set.of(WATCHED_BY_BOTH))).endingAt(200);

    assertThat(middle.takes(Cause.GO_GC, WATCHED_BY_BOTH, 150)).isTrue();
    assertThat(middle.takes(Cause.GO_GC, WATCHED_BY_BOTH, 200)).isFalse();
    assertThat(middle.takes(Cause.GO_GC, NEW, 200)).isFalse();
  }
}

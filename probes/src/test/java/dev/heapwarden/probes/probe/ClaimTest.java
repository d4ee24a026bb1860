package dev.heapwarden.probes.probe;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class ClaimTest {
  private static final long WATCHED_BY_BOTH = 7;
  private static final long NEW = 8;

  @Test
  void anEventThatOldAndNewProgramSeeCountsOnce() {
    var old = Claim.whole().endingAt(100);
    var successor = Claim.after(100, Set.of(WATCHED_BY_BOTH));

    assertThat(LongStream.range(90, 110))
        .allSatisfy(
            nanos ->
                assertThat(old.takes(WATCHED_BY_BOTH, nanos))
                    .isNotEqualTo(successor.takes(WATCHED_BY_BOTH, nanos)));
  }

  @Test
  void aNewProcessCountsFromTheMomentItsProbeIsAttached() {
    var successor = Claim.after(100, Set.of(WATCHED_BY_BOTH));

    assertThat(successor.takes(NEW, 95)).isTrue();
  }

  @Test
  void aSecondCutOverEndsTheFirstSuccessor() {
    var middle = Claim.after(100, Set.of(WATCHED_BY_BOTH)).endingAt(200);

    assertThat(middle.takes(WATCHED_BY_BOTH, 150)).isTrue();
    assertThat(middle.takes(WATCHED_BY_BOTH, 200)).isFalse();
    assertThat(middle.takes(NEW, 200)).isFalse();
  }
}

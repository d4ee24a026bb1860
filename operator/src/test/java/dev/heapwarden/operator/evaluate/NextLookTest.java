package dev.heapwarden.operator.evaluate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heapwarden.detection.verdict.Verdict;
import dev.heapwarden.operator.collect.Sight;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class NextLookTest {
  private static final Duration SLIDE = Duration.ofMinutes(1);
  private static final WatchedContainer JUDGED =
      Cluster.watched("a", new Verdict.Healthy(Cluster.evidence("Nothing grows.")));

  @Test
  void everyContainerIsLookedAtOncePerSlideWhateverElseHappensInBetween() {
    assertThat(next(JUDGED, 0)).isEqualTo(SLIDE);
    assertThat(next(JUDGED, 45)).isEqualTo(Duration.ofSeconds(15));
    assertThat(next(JUDGED, 90)).isPositive().isLessThan(Duration.ofSeconds(1));
  }

  @Test
  void aContainerThatIsNewToItsAgentIsLookedForSoon() {
    assertThat(next(Cluster.unseen("b", new Sight.NotListed("agent")), 0))
        .isLessThan(Duration.ofSeconds(5));
  }

  private static Duration next(WatchedContainer container, long secondsLater) {
    return MemoryPolicyReconciler.nextLook(
        List.of(container), SLIDE, Cluster.NOW.plusSeconds(secondsLater));
  }
}

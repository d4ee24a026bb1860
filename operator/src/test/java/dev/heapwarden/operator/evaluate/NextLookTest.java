package dev.heapwarden.operator.evaluate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heapwarden.detection.sample.RuntimeKind;
import dev.heapwarden.detection.verdict.Verdict;
import dev.heapwarden.operator.collect.Sight;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
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

  /** A thousand containers that came at a thousand moments of a slide. */
  @Test
  void containersAreJudgedTogetherAndNoneLaterThanASlide() {
    var judgedAt = new ArrayList<Instant>();
    for (int i = 0; i < 1_000; i++) {
      judgedAt.add(Cluster.NOW.minus(SLIDE).plus(SLIDE.multipliedBy(i).dividedBy(1_000)));
    }
    int looks = 0;
    var now = Cluster.NOW;
    while (now.isBefore(Cluster.NOW.plus(SLIDE.multipliedBy(10)))) {
      looks++;
      for (int i = 0; i < judgedAt.size(); i++) {
        assertThat(Duration.between(judgedAt.get(i), now)).isLessThan(SLIDE.plusSeconds(1));
        if (Evaluator.isDue(assessed(judgedAt.get(i)), SLIDE, now)) {
          judgedAt.set(i, now);
        }
      }
      now = now.plus(MemoryPolicyReconciler.nextLook(judged(judgedAt), SLIDE, now));
    }
    assertThat(looks).isLessThanOrEqualTo(50);
  }

  private static List<WatchedContainer> judged(List<Instant> moments) {
    return moments.stream()
        .map(
            at ->
                new WatchedContainer(
                    JUDGED.key(), JUDGED.workload(), false, JUDGED.sight(), assessed(at)))
        .toList();
  }

  private static Assessment assessed(Instant at) {
    return new Assessment(
        "uid",
        JUDGED.key(),
        RuntimeKind.GO,
        false,
        new Verdict.Healthy(Cluster.evidence("Nothing grows.")),
        Duration.ofMinutes(10),
        at);
  }

  private static Duration next(WatchedContainer container, long secondsLater) {
    return MemoryPolicyReconciler.nextLook(
        List.of(container), SLIDE, Cluster.NOW.plusSeconds(secondsLater));
  }
}

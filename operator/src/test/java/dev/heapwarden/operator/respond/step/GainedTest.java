package dev.heapwarden.operator.respond.step;

import static dev.heapwarden.operator.respond.Fixtures.NOON;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heapwarden.crds.incident.Phase;
import dev.heapwarden.detection.verdict.Cause;
import dev.heapwarden.detection.verdict.Evidence;
import dev.heapwarden.detection.verdict.Layer;
import dev.heapwarden.detection.verdict.Verdict;
import dev.heapwarden.operator.evaluate.Assessment;
import dev.heapwarden.operator.respond.Fixtures;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** At noon the leak had an hour to its limit. */
class GainedTest {
  @Test
  void aLimitThatIsReachedLaterIsAMitigationThatSaysByWhat() {
    var end = end(Duration.ofHours(5), Duration.ofHours(6));
    assertThat(end.phase()).isEqualTo(Phase.MITIGATED);
    assertThat(end.outcome())
        .isEqualTo(
            "as fast; it leaks as fast as before, and the restarted pods began anew: the first"
                + " reaches its limit in 5h, without the restart it would be 30m; the code has to"
                + " change");
  }

  @Test
  void theFirstPodThatReachesItsLimitDecides() {
    assertThat(end(Duration.ofHours(5), Duration.ofMinutes(20)).phase())
        .isEqualTo(Phase.NEEDS_HUMAN);
  }

  @Test
  void withoutALimitNothingIsSeenToBeGained() {
    var end = end(null, null);
    assertThat(end.phase()).isEqualTo(Phase.NEEDS_HUMAN);
    assertThat(end.outcome()).contains("no later limit is seen");
  }

  private static Progress.End end(@Nullable Duration first, @Nullable Duration second) {
    return new Gained(Fixtures.finding(), List.of(leaking(first), leaking(second)))
        .end("as fast", NOON.plus(Duration.ofMinutes(30)));
  }

  private static Assessment leaking(@Nullable Duration toLimit) {
    var healthy = Fixtures.assessment();
    var evidence =
        new Evidence(
            Layer.RUNTIME, Cause.UNKNOWN, "It leaks.", null, toLimit, "", List.of(), Map.of());
    return new Assessment(
        healthy.workloadUid(),
        healthy.container(),
        healthy.runtime(),
        false,
        new Verdict.Confirmed(evidence),
        Duration.ofMinutes(15),
        NOON.plus(Duration.ofMinutes(30)));
  }
}

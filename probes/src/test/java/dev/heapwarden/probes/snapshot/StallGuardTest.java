package dev.heapwarden.probes.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heapwarden.detection.sample.ContainerKey;
import dev.heapwarden.probes.target.Web;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class StallGuardTest {
  private static final ContainerKey WEB = Web.watched().key();

  private PauseBounds bounds = PauseBounds.IN_SERVICE;
  private final StallGuard guard = new StallGuard("counting its heap", _ -> bounds);

  @Test
  void aPodInServiceIsNotStoppedForLong() {
    assertThat(guard.refusal(WEB, Duration.ofMillis(500))).isEmpty();
    assertThat(guard.refusal(WEB, Duration.ofMillis(700)))
        .contains(
            "counting its heap could stop it for 0.7 s, and a pod in service is stopped for 0.5 s"
                + " at most: only an isolated one for longer");
  }

  @Test
  void onceItIsIsolatedItsProbeIsTheBound() {
    bounds = new PauseBounds(true, PauseBounds.LONGEST, Optional.of(Duration.ofSeconds(5)));

    assertThat(guard.refusal(WEB, Duration.ofMillis(2500))).isEmpty();
    assertThat(guard.refusal(WEB, Duration.ofMillis(2600)).orElseThrow())
        .contains("for 2.6 s", "liveness probe kills it after 5.0 s");
  }

  @Test
  void withoutAProbeAnIsolatedPodIsStoppedForHalfAMinuteAtMost() {
    bounds = new PauseBounds(true, PauseBounds.LONGEST, Optional.empty());

    assertThat(guard.refusal(WEB, Duration.ofSeconds(30))).isEmpty();
    assertThat(guard.refusal(WEB, Duration.ofSeconds(31)).orElseThrow())
        .contains("30.0 s are the most");
  }

  @Test
  void whatWasMeasuredIsRememberedUntilThePodIsIsolated() {
    assertThat(guard.allows(WEB, Duration.ofMillis(400))).isTrue();
    assertThat(guard.allows(WEB, Duration.ofMillis(600))).isFalse();
    assertThat(guard.allows(WEB, Duration.ofMillis(400))).isFalse();
    assertThat(guard.refusal(WEB, Duration.ofMillis(100)).orElseThrow())
        .contains("counting its heap again could stop it for 0.6 s", "0.5 s at most");

    bounds = new PauseBounds(true, PauseBounds.LONGEST, Optional.empty());
    assertThat(guard.refusal(WEB, Duration.ofMillis(100))).isEmpty();
  }
}

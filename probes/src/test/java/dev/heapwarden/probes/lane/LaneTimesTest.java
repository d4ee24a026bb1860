package dev.heapwarden.probes.lane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class LaneTimesTest {
  private static final Duration WAIT = Duration.ofSeconds(1);

  @Test
  void aLaneThatHadToWaitForAThreadIsAsPatientlyWaitedForAsAnyOther() throws Exception {
    var end = new CountDownLatch(1);
    var began = new CountDownLatch(1);
    try (var lanes = new Lanes()) {
      for (int i = 0; i < 32; i++) {
        lanes.run("hung-" + i, () -> hang(end));
      }
      var never = new CountDownLatch(1);
      lanes.run(
          "a",
          () -> {
            began.countDown();
            hang(never);
          });
      await("the lane called stuck").until(() -> lanes.stuck("a", WAIT).isPresent());

      end.countDown();
      began.await();
      assertThat(lanes.stuck("a", WAIT)).isEmpty();
      assertThat(lanes.stuck("a", Duration.ZERO))
          .hasValueSatisfying(why -> assertThat(why).contains("no answer for 0 s"));
    }
  }

  private static void hang(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }
}

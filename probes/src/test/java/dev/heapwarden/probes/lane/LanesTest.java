package dev.heapwarden.probes.lane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LanesTest {
  private static final Duration AT_ONCE = Duration.ZERO;

  private final CountDownLatch release = new CountDownLatch(1);
  private final Lanes lanes = new Lanes();

  @AfterEach
  void end() {
    release.countDown();
    lanes.close();
  }

  @Test
  void aTaskThatHangsStopsNoOther() throws InterruptedException {
    hang("a");
    var ran = new CountDownLatch(1);
    lanes.run("b", ran::countDown);

    assertThat(ran.await(10, TimeUnit.SECONDS)).isTrue();
    assertThat(lanes.stuck("a", AT_ONCE))
        .hasValueSatisfying(why -> assertThat(why).contains("no answer"));
    assertThat(lanes.stuck("a", Duration.ofHours(1))).isEmpty();
  }

  @Test
  void oneTaskOfALaneIsUnderWayAtATime() throws InterruptedException {
    hang("a");
    var second = new AtomicInteger();
    lanes.run("a", second::incrementAndGet);
    release.countDown();
    awaitEnd("a");
    assertThat(second).hasValue(0);

    var third = new CountDownLatch(1);
    lanes.run("a", third::countDown);
    assertThat(third.await(10, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void threadsAreBoundedAndALaneThatWaitsForOneIsToldSo() throws InterruptedException {
    for (int i = 0; i < 32; i++) {
      hang("hung-" + i);
    }
    lanes.run("a", () -> {});

    assertThat(lanes.stuck("a", AT_ONCE))
        .contains("32 others do not answer either, and keep it waiting");
  }

  @Test
  void aTaskThatFailsEndsItsTurn() {
    lanes.run(
        "a",
        () -> {
          throw new IllegalStateException("a mistake");
        });
    awaitEnd("a");
    assertThat(lanes.stuck("a", AT_ONCE)).isEmpty();
  }

  private void awaitEnd(String lane) {
    await().pollInterval(Duration.ofMillis(1)).until(() -> lanes.stuck(lane, AT_ONCE).isEmpty());
  }

  @Test
  void whoeverWaitsForATaskGetsWhatItGivesOrItsFailure() throws Exception {
    for (int i = 0; i < 1000; i++) {
      int answer = i;
      int given = lanes.call("a", "the answer", Duration.ofSeconds(10), () -> answer);
      assertThat(given).isEqualTo(answer);
    }
    assertThatThrownBy(
            () ->
                lanes.call(
                    "a",
                    "the answer",
                    Duration.ofSeconds(10),
                    () -> {
                      throw new IOException("no such file");
                    }))
        .isInstanceOf(IOException.class)
        .hasMessage("no such file");
  }

  @Test
  void nobodyWaitsLongerThanHeWantsAndNotAgainForWhatHangsStill() throws Exception {
    Lanes.Task<Boolean> hanging =
        () -> {
          while (release.getCount() > 0) {
            Thread.onSpinWait();
          }
          return true;
        };
    assertThatThrownBy(() -> lanes.call("a", "its files", Duration.ofMillis(100), hanging))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith("its files: no answer for");

    assertThatThrownBy(() -> lanes.call("a", "its files", Duration.ofHours(1), () -> true))
        .hasMessageStartingWith("its files: no answer for");
    boolean others = lanes.call("b", "its files", Duration.ofSeconds(10), () -> true);
    assertThat(others).isTrue();
  }

  private void hang(String lane) throws InterruptedException {
    var began = new CountDownLatch(1);
    lanes.run(
        lane,
        () -> {
          began.countDown();
          awaitRelease();
        });
    assertThat(began.await(10, TimeUnit.SECONDS)).isTrue();
  }

  private void awaitRelease() {
    try {
      release.await();
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }
}

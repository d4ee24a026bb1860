package dev.heapwarden.probes.probe;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RefusalsTest {
  private static final Path BAD = Path.of("/bad");
  private static final Path PERHAPS = Path.of("/perhaps");

  private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 1);
  private final Refusals refusals = new Refusals(nanos::get);

  @BeforeEach
  void twoAreRefused() {
    refusals.add(
        Map.of(
            BAD, new Offenders.Found(true, "it does not attach"),
            PERHAPS, new Offenders.Found(false, "one of two does not attach")));
  }

  @Test
  void whatOnlyMayNotAttachIsTriedAgainAfterTenMinutes() {
    pass(Duration.ofMinutes(10).minusSeconds(1));
    assertThat(refusals.reason(PERHAPS)).hasValue("one of two does not attach");

    pass(Duration.ofSeconds(1));
    assertThat(refusals.reason(PERHAPS)).isEmpty();
  }

  @Test
  void whatDoesNotAttachIsTriedAgainAfterAnHour() {
    pass(Duration.ofHours(1).minusSeconds(1));
    assertThat(refusals.reason(BAD)).hasValue("it does not attach");

    pass(Duration.ofSeconds(1));
    assertThat(refusals.reason(BAD)).isEmpty();
  }

  @Test
  void whatNoLongerRunsIsNotRefused() {
    refusals.forget(path -> false);
    assertThat(refusals.reason(BAD)).isEmpty();
  }

  private void pass(Duration time) {
    nanos.addAndGet(time.toNanos());
    refusals.forget(path -> true);
  }
}

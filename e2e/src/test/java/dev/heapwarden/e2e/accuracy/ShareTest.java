package dev.heapwarden.e2e.accuracy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

/** Counts and how far they can be trusted. */
class ShareTest {
  @Test
  void theIntervalIsWilsons() {
    var share = new Share(45, 50);

    // As R's prop.test(45, 50, correct = FALSE) has it.
    assertThat(share.low()).isCloseTo(0.7864, within(1e-4));
    assertThat(share.high()).isCloseTo(0.9565, within(1e-4));
  }

  @Test
  void allOfAFewIsNotCertain() {
    assertThat(new Share(10, 10).low()).isCloseTo(0.7225, within(1e-4));
    assertThat(new Share(10, 10).high()).isCloseTo(1, within(1e-9));
  }

  @Test
  void ofNothingNothingIsSaid() {
    assertThat(new Share(0, 0)).hasToString("-");
  }
}

package dev.heapwarden.crds.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OverheadBudgetTest {
  /** As the API server matches it; RE2 and Java agree on what is used of both. */
  private static final String PATTERN =
      OverheadBudget.VALID.replaceFirst("^self[.]matches\\('", "").replaceFirst("'\\)$", "");

  @ParameterizedTest
  @CsvSource({"0.1%, 0.001", "1%, 0.01", "1.5%, 0.015", "9.9%, 0.099", "10%, 0.1"})
  void aPercentageWithinBoundsIsTakenAsAShare(String text, double share) {
    assertThat(text).matches(PATTERN).hasSizeLessThanOrEqualTo(OverheadBudget.LENGTH);
    assertThat(OverheadBudget.share(text)).isCloseTo(share, within(1e-9));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "%", "0%", "0.0%", "0.05%", "1", "01%", "-1%", "10.1%", "11%", "1.25%"})
  void everythingElseIsRefusedAndCountsAsTheDefault(String text) {
    assertThat(text).doesNotMatch(PATTERN);
    assertThat(OverheadBudget.share(text)).isCloseTo(0.01, within(1e-9));
  }
}

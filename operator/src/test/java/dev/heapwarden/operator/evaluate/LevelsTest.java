package dev.heapwarden.operator.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LevelsTest {
  @Test
  void isolationCanBeLeftOut() {
    var levels = Levels.parse("3, 1");
    assertThat(levels).hasToString("1, 3");
    assertThat(levels.include(3)).isTrue();
    assertThat(levels.missing(3)).containsExactly(2);
    assertThat(levels.missing(1)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "2,3", "1,4", "one"})
  void whatIsNoChoiceOfLevelsStopsTheStart(String text) {
    assertThatIllegalArgumentException().isThrownBy(() -> Levels.parse(text));
  }
}

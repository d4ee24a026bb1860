package dev.heapwarden.operator.evaluate;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class ConditionsTest {
  private static final Instant FIRST = Instant.parse("2026-03-01T12:00:00.5Z");
  private static final Instant LATER = Instant.parse("2026-03-01T13:00:00Z");

  @Test
  void theTimeOfTransitionMovesOnlyWithTheStatus() {
    var first =
        Conditions.settle(
            List.of(), List.of(Conditions.of("Ready", false, "NoPods", "none")), 1L, FIRST);
    var sameStatus =
        Conditions.settle(
            first, List.of(Conditions.of("Ready", false, "NoAgent", "no agent")), 2L, LATER);
    var changed =
        Conditions.settle(
            sameStatus, List.of(Conditions.of("Ready", true, "Watching", "all")), 2L, LATER);

    assertThat(first.getFirst().getLastTransitionTime()).isEqualTo("2026-03-01T12:00:00Z");
    assertThat(sameStatus.getFirst().getLastTransitionTime()).isEqualTo("2026-03-01T12:00:00Z");
    assertThat(sameStatus.getFirst().getReason()).isEqualTo("NoAgent");
    assertThat(sameStatus.getFirst().getObservedGeneration()).isEqualTo(2L);
    assertThat(changed.getFirst().getLastTransitionTime()).isEqualTo("2026-03-01T13:00:00Z");
  }

  @Test
  void sayingTheSameAgainChangesNothing() {
    var fresh = List.of(Conditions.of("Ready", true, "Watching", "all"));
    var once = Conditions.settle(List.of(), fresh, 1L, FIRST);

    assertThat(Conditions.settle(once, fresh, 1L, LATER)).isEqualTo(once);
  }
}

package dev.heapwarden.operator.respond.guard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heapwarden.operator.respond.guard.Disruption.Protection;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudgetBuilder;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudgetSpec;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudgetSpecBuilder;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class DisruptionTest {
  private static final PodDisruptionBudgetSpec TWO_AVAILABLE = minAvailable(new IntOrString(2));

  @Test
  void withoutABudgetNothingForbids() {
    assertThat(Disruption.forbiddenBy(List.of())).isEmpty();
  }

  @Test
  void aPodMayGoWhenEnoughOthersAreReady() {
    assertThat(forbidden(TWO_AVAILABLE, Set.of("b", "c"), 3)).isEmpty();
  }

  @Test
  void aStatusThatHasNotHeardOfALostPodYetDoesNotLetAnotherGo() {
    assertThat(forbidden(TWO_AVAILABLE, Set.of("b"), 3))
        .hasValue("PodDisruptionBudget checkout wants 2 ready pods; 1 would be left");
  }

  @Test
  void aBudgetThatAllowsNothingForbidsHoweverManyAreReady() {
    var budget = budget(TWO_AVAILABLE);
    budget.getStatus().setDisruptionsAllowed(0);
    assertThat(forbidden(budget, Set.of("b", "c", "d"), 4))
        .hasValue("PodDisruptionBudget checkout allows no disruption now");
  }

  @Test
  void aStatusOfAnotherVersionOfTheBudgetCountsForNothing() {
    for (Long observed : new Long[] {null, 6L, 8L}) {
      var budget = budget(TWO_AVAILABLE);
      budget.getStatus().setObservedGeneration(observed);
      assertThat(forbidden(budget, Set.of("b", "c"), 3)).isPresent();
    }
    var unseen = budget(TWO_AVAILABLE);
    unseen.setStatus(null);
    assertThat(forbidden(unseen, Set.of("b", "c"), 3)).isPresent();
  }

  @Test
  void aPodThatIsBeingEvictedIsNotCountedAsReady() {
    var budget = budget(TWO_AVAILABLE);
    budget.getStatus().setDisruptedPods(Map.of("c", "2026-07-01T12:00:00Z"));
    assertThat(forbidden(budget, Set.of("b", "c"), 3)).isPresent();
    assertThat(forbidden(budget, Set.of("b", "c", "d"), 3)).isEmpty();
  }

  /** 50 % of 3 is 2 for both: two must be available, or two may be unavailable. */
  @Test
  void percentagesAreRoundedUp() {
    var half = new IntOrString("50%");
    assertThat(forbidden(minAvailable(half), Set.of("b"), 3)).isPresent();
    assertThat(forbidden(minAvailable(half), Set.of("b", "c"), 3)).isEmpty();
    assertThat(forbidden(maxUnavailable(half), Set.of("b"), 3)).isEmpty();
    assertThat(forbidden(maxUnavailable(half), Set.of(), 3)).isPresent();
  }

  @Test
  void maxUnavailableIsCountedFromWhatTheOwnersWantAndNotFromWhatIsThere() {
    var one = maxUnavailable(new IntOrString(1));
    assertThat(forbidden(one, Set.of("b"), 3)).isPresent();
    assertThat(forbidden(one, Set.of("b", "c"), 3)).isEmpty();
  }

  @Test
  void ofTheBudgetsCountAndTheOwnersScaleTheLargerHolds() {
    var one = budget(maxUnavailable(new IntOrString(1)));
    assertThat(forbidden(one, Set.of("b", "c"), 4)).as("just scaled up").isPresent();
    assertThat(forbidden(one, Set.of("b"), 2)).as("several owners").isPresent();
  }

  @Test
  void everyBudgetThatSelectsThePodMustLetItGo() {
    var allows = new Protection(budget(TWO_AVAILABLE), Set.of("b", "c"), 3);
    var forbids = new Protection(budget(minAvailable(new IntOrString("100%"))), Set.of("b"), 3);
    assertThat(Disruption.forbiddenBy(List.of(allows, allows))).isEmpty();
    assertThat(Disruption.forbiddenBy(List.of(allows, forbids))).isPresent();
  }

  @Test
  void theLastReadyPodStays() {
    assertThat(Disruption.lastReady(true, 0)).isPresent();
    assertThat(Disruption.lastReady(true, 1)).isEmpty();
    assertThat(Disruption.lastReady(false, 0)).isEmpty();
  }

  private static Optional<String> forbidden(
      PodDisruptionBudgetSpec spec, Set<String> otherReady, int scale) {
    return forbidden(budget(spec), otherReady, scale);
  }

  private static Optional<String> forbidden(
      PodDisruptionBudget budget, Set<String> otherReady, int scale) {
    return Disruption.forbiddenBy(List.of(new Protection(budget, otherReady, scale)));
  }

  private static PodDisruptionBudgetSpec minAvailable(IntOrString value) {
    return new PodDisruptionBudgetSpecBuilder().withMinAvailable(value).build();
  }

  private static PodDisruptionBudgetSpec maxUnavailable(IntOrString value) {
    return new PodDisruptionBudgetSpecBuilder().withMaxUnavailable(value).build();
  }

  /** Its status, of its version, expects three pods and lets one go. */
  private static PodDisruptionBudget budget(PodDisruptionBudgetSpec spec) {
    return new PodDisruptionBudgetBuilder()
        .withNewMetadata()
        .withName("checkout")
        .withGeneration(7L)
        .endMetadata()
        .withSpec(spec)
        .withNewStatus()
        .withDisruptionsAllowed(1)
        .withExpectedPods(3)
        .withObservedGeneration(7L)
        .endStatus()
        .build();
  }
}

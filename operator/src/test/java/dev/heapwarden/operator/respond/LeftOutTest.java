package dev.heapwarden.operator.respond;

import static dev.heapwarden.operator.respond.Fixtures.answered;
import static dev.heapwarden.operator.respond.Fixtures.policy;
import static dev.heapwarden.operator.respond.Fixtures.respond;
import static dev.heapwarden.operator.respond.Rehearsal.LIMITS;
import static dev.heapwarden.operator.respond.Rehearsal.actions;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heapwarden.crds.incident.Phase;
import dev.heapwarden.crds.policy.Limits;
import dev.heapwarden.crds.policy.Mode;
import dev.heapwarden.operator.respond.journal.ActionKind;
import dev.heapwarden.operator.respond.journal.Steps;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** One intervention is in force, and another may not be made. */
class LeftOutTest {
  private final Rehearsal rehearsal = new Rehearsal();
  private final World world = rehearsal.world;

  /** The pod is isolated and the environment patched: that is the budget. */
  @Test
  void whatTheBudgetHoldsBackDoesNotDelayTheVerificationOfWhatIsInForce() {
    var status =
        rehearsal.run(policy(respond(Mode.ENFORCE, 3, new Limits(2, 1))), Duration.ofMinutes(2));

    assertThat(status.phase()).isEqualTo(Phase.VERIFYING);
    assertThat(actions(status)).contains("PatchEnvironment=DONE", "AddReplicas=REFUSED");
    assertThat(Steps.newest(status, ActionKind.ADD_REPLICAS).orElseThrow().message())
        .startsWith("Budget: 2 of 2 actions of this hour are spent")
        .endsWith("; the other intervention is verified without it");
    assertThat(world.deeds)
        .extracting(World.Deed::kind)
        .containsExactly(ActionKind.ISOLATE, ActionKind.PATCH_ENVIRONMENT);
  }

  /** What is rolled out is looked at as often as ever. */
  @Test
  void aRolloutThatGoesOnIsNotHeldBackEither() {
    world.unfinished.add(ActionKind.PATCH_ENVIRONMENT);
    var two = policy(respond(Mode.ENFORCE, 3, new Limits(2, 1)));
    var status = rehearsal.run(two, Duration.ofMinutes(2));
    assertThat(status.phase()).isEqualTo(Phase.INTERVENING);
    assertThat(status.waitingFor()).isEqualTo("it takes time");

    world.unfinished.clear();
    assertThat(rehearsal.run(two, Duration.ofSeconds(10)).phase()).isEqualTo(Phase.VERIFYING);
  }

  @Test
  void whatPeopleHoldBackIsWaitedFor() {
    world.unfinished.add(ActionKind.PATCH_ENVIRONMENT);
    world.unasked.add(ActionKind.ADD_REPLICAS);
    var enforce = policy(respond(Mode.ENFORCE, 3, LIMITS));
    rehearsal.run(enforce, Duration.ofMinutes(1));
    world.put(answered(world.get("leak-1"), 0, true, false));
    world.unasked.remove(ActionKind.ADD_REPLICAS);
    world.unfinished.clear();
    assertThat(rehearsal.run(enforce, Duration.ofMinutes(1)).waitingFor()).startsWith("Suspended");

    world.put(answered(world.get("leak-1"), 0, false, false));
    assertThat(actions(rehearsal.run(enforce, Duration.ofMinutes(2)))).contains("AddReplicas=DONE");
  }
}

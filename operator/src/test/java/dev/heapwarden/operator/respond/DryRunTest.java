package dev.heapwarden.operator.respond;

import static dev.heapwarden.operator.respond.Fixtures.policy;
import static dev.heapwarden.operator.respond.Fixtures.respond;
import static dev.heapwarden.operator.respond.Rehearsal.LIMITS;
import static dev.heapwarden.operator.respond.Rehearsal.actions;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heapwarden.crds.incident.Phase;
import dev.heapwarden.crds.policy.Mode;
import dev.heapwarden.operator.respond.journal.ActionKind;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What the mode DryRun says, and that it does nothing. */
class DryRunTest {
  private final Rehearsal rehearsal = new Rehearsal();
  private final World world = rehearsal.world;

  @Test
  void dryRunSaysEveryStepOnceAndDoesNone() {
    var status = rehearsal.run(policy(respond(Mode.DRY_RUN, 3, LIMITS)), Duration.ofMinutes(5));
    assertThat(actions(status))
        .containsExactly(
            "Diagnose=PLANNED",
            "Isolate=PLANNED",
            "SampleInstances=PLANNED",
            "PatchEnvironment=PLANNED",
            "AddReplicas=PLANNED");
    assertThat(status.steps()).allSatisfy(step -> assertThat(step.patch()).isEqualTo("patch"));
    assertThat(status.phase()).isEqualTo(Phase.OPEN);
    assertThat(world.deeds).isEmpty();
    var enforced = rehearsal.run(policy(respond(Mode.ENFORCE, 2, LIMITS)), Duration.ofMinutes(5));
    assertThat(actions(enforced)).contains("Diagnose=DONE", "Isolate=DONE");
  }

  @Test
  void dryRunPlansAStepAnewUntilItsMomentHasCome() {
    world.untimely.put(ActionKind.PATCH_ENVIRONMENT, "GcCost: not known yet");
    var dryRun = policy(respond(Mode.DRY_RUN, 3, LIMITS));
    var waiting = rehearsal.run(dryRun, Duration.ofMinutes(5));
    assertThat(waiting.steps().get(3).message()).isEqualTo("would wait: GcCost: not known yet");
    assertThat(waiting.timeline()).as("each step is said once").hasSize(5);
    world.untimely.clear();
    var planned = rehearsal.run(dryRun, Duration.ofMinutes(5));
    assertThat(planned.steps())
        .filteredOn(step -> step.action().equals("PatchEnvironment"))
        .singleElement()
        .satisfies(step -> assertThat(step.message()).isEqualTo("would do it"));
  }
}

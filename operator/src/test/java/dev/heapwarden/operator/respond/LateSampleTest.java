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

/** The class that grows is named when level 3 has begun, or after a rehearsal of it. */
class LateSampleTest {
  private final Rehearsal rehearsal = new Rehearsal();
  private final World world = rehearsal.world;

  @Test
  void aVerificationThatRunsIsNotThrownBackToTheIsolation() {
    world.unasked.add(ActionKind.SAMPLE_INSTANCES);
    var enforce = policy(respond(Mode.ENFORCE, 3, LIMITS));
    assertThat(rehearsal.run(enforce, Duration.ofMinutes(2)).phase()).isEqualTo(Phase.VERIFYING);

    world.unasked.remove(ActionKind.SAMPLE_INSTANCES);
    var status = rehearsal.run(enforce, Duration.ofMinutes(2));
    assertThat(status.phase()).isEqualTo(Phase.VERIFYING);
    assertThat(actions(status)).contains("Isolate=DONE").doesNotContain("SampleInstances=DONE");
  }

  @Test
  void whatWasOnlyPlannedOfLevel3KeepsNoSampleBack() {
    world.unasked.add(ActionKind.SAMPLE_INSTANCES);
    rehearsal.run(policy(respond(Mode.DRY_RUN, 3, LIMITS)), Duration.ofMinutes(2));

    world.unasked.remove(ActionKind.SAMPLE_INSTANCES);
    var status = rehearsal.run(policy(respond(Mode.ENFORCE, 3, LIMITS)), Duration.ofMinutes(2));
    assertThat(actions(status)).contains("SampleInstances=DONE", "PatchEnvironment=DONE");
  }
}

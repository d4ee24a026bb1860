package dev.heapwarden.operator.respond;

import static dev.heapwarden.operator.respond.Fixtures.policy;
import static dev.heapwarden.operator.respond.Fixtures.respond;
import static dev.heapwarden.operator.respond.Rehearsal.LIMITS;
import static dev.heapwarden.operator.respond.Rehearsal.actions;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heapwarden.crds.policy.Mode;
import dev.heapwarden.operator.respond.journal.ActionKind;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a JVM can give back is asked for before anything is changed, or not at all. */
class ReliefTest {
  private final Rehearsal rehearsal = new Rehearsal();
  private final World world = rehearsal.world;

  @BeforeEach
  void asked() {
    world.unasked.remove(ActionKind.RELIEVE);
  }

  @Test
  void itComesBeforeTheInterventions() {
    var status = rehearsal.run(policy(respond(Mode.ENFORCE, 3, LIMITS)), Duration.ofMinutes(2));

    assertThat(actions(status))
        .containsSequence("Relieve=DONE", "PatchEnvironment=DONE", "AddReplicas=DONE");
  }

  @Test
  void theInterventionsDoNotWaitForOneThatFails() {
    world.denied.add(ActionKind.RELIEVE);
    var status = rehearsal.run(policy(respond(Mode.ENFORCE, 3, LIMITS)), Duration.ofMinutes(2));

    assertThat(actions(status)).containsSequence("Relieve=FAILED", "PatchEnvironment=DONE");
  }

  @Test
  void aPolicyThatAsksForItLaterDoesNotDisturbWhatIsVerified() {
    world.unasked.add(ActionKind.RELIEVE);
    var enforce = policy(respond(Mode.ENFORCE, 3, LIMITS));
    rehearsal.run(enforce, Duration.ofMinutes(2));
    world.unasked.remove(ActionKind.RELIEVE);

    assertThat(actions(rehearsal.run(enforce, Duration.ofMinutes(2))))
        .contains("PatchEnvironment=DONE")
        .noneMatch(step -> step.startsWith("Relieve"));
  }

  @Test
  void itIsOfLevelThree() {
    var status = rehearsal.run(policy(respond(Mode.ENFORCE, 2, LIMITS)), Duration.ofMinutes(2));

    assertThat(actions(status)).noneMatch(step -> step.startsWith("Relieve"));
  }
}

package dev.heapwarden.operator.respond;

import static dev.heapwarden.operator.respond.Fixtures.assessment;
import static dev.heapwarden.operator.respond.Fixtures.policy;
import static dev.heapwarden.operator.respond.Fixtures.respond;
import static dev.heapwarden.operator.respond.Rehearsal.LIMITS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heapwarden.crds.incident.Phase;
import dev.heapwarden.crds.policy.Mode;
import dev.heapwarden.operator.respond.journal.ActionKind;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** An operator dies after it patched, and the next one notes the patch. */
class LateNoteTest {
  private final Rehearsal rehearsal = new Rehearsal();
  private final World world = rehearsal.world;

  @Test
  void podsThatThePatchStartedBeforeItWasNotedAreNotWaitedForToGo() {
    var enforce = policy(respond(Mode.ENFORCE, 3, LIMITS));
    world.deadly.add(ActionKind.PATCH_ENVIRONMENT);
    assertThatThrownBy(() -> rehearsal.run(enforce, Duration.ofMinutes(1)))
        .isInstanceOf(World.Death.class);

    world.now = world.now.plusSeconds(34);
    rehearsal.watched.add(assessment(Duration.ofSeconds(24), world.now));
    var status = rehearsal.run(enforce, Duration.ofMinutes(2));

    assertThat(status.phase()).isEqualTo(Phase.VERIFYING);
    assertThat(status.waitingFor()).startsWith("no growth is seen so far");
  }
}

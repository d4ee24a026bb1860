package dev.heapwarden.operator.respond;

import static dev.heapwarden.operator.respond.Fixtures.NOON;
import static dev.heapwarden.operator.respond.Fixtures.incident;
import static dev.heapwarden.operator.respond.Fixtures.policy;
import static dev.heapwarden.operator.respond.Fixtures.respond;
import static dev.heapwarden.operator.respond.Rehearsal.LIMITS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heapwarden.crds.incident.LeakIncident;
import dev.heapwarden.crds.policy.MemoryPolicy;
import dev.heapwarden.crds.policy.Mode;
import dev.heapwarden.operator.evaluate.AssessmentBook;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The operator just started: of no container anything was said. */
class RetentionAfterRestartTest {
  private final World world = new World(1);
  private final Retention retention =
      new Retention(Duration.ofDays(30), world, new AssessmentBook());

  @Test
  void whatWasTriedIsNotForgottenBeforeThePolicysPodsAreLookedAt() {
    var policy = policy(respond(Mode.ENFORCE, 2, LIMITS));
    policy.getMetadata().setUid("uid-of-policy");

    assertThat(isOver(Optional.of(policy))).isFalse();
  }

  @Test
  void whereThePolicyIsGoneNobodyNeedsIt() {
    assertThat(isOver(Optional.empty())).isTrue();
  }

  private boolean isOver(Optional<MemoryPolicy> policy) {
    return retention.isOver(ended(), policy, NOON.plus(Duration.ofDays(31)));
  }

  private LeakIncident ended() {
    var incident = incident("leak-1", "w1");
    incident.setStatus(Fixtures.status(List.of(), NOON.toString()));
    world.put(incident);
    return incident;
  }
}

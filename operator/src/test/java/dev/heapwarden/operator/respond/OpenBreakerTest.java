package dev.heapwarden.operator.respond;

import static dev.heapwarden.operator.respond.Fixtures.NOON;
import static dev.heapwarden.operator.respond.Fixtures.answered;
import static dev.heapwarden.operator.respond.Fixtures.incident;
import static dev.heapwarden.operator.respond.Fixtures.policy;
import static dev.heapwarden.operator.respond.Fixtures.remembering;
import static dev.heapwarden.operator.respond.Fixtures.respond;
import static dev.heapwarden.operator.respond.Fixtures.step;
import static dev.heapwarden.operator.respond.Rehearsal.LIMITS;
import static dev.heapwarden.operator.respond.Rehearsal.actions;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heapwarden.crds.Api;
import dev.heapwarden.crds.incident.Phase;
import dev.heapwarden.crds.incident.Step.State;
import dev.heapwarden.crds.policy.MemoryPolicy;
import dev.heapwarden.crds.policy.MemoryPolicyStatus.UnhelpfulResponse;
import dev.heapwarden.crds.policy.Mode;
import dev.heapwarden.operator.respond.journal.Journal;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Three responses of the policy did not help. */
class OpenBreakerTest {
  private final Rehearsal rehearsal = new Rehearsal();
  private final World world = rehearsal.world;
  private final MemoryPolicy policy =
      remembering(
          policy(respond(Mode.ENFORCE, 3, LIMITS)),
          List.of(didNotHelp("leak-a"), didNotHelp("leak-b"), didNotHelp("leak-c")));

  @Test
  void evidenceIsTakenAndNothingIsChangedUntilAPersonClosesIt() {
    var status = rehearsal.run(policy, Duration.ofMinutes(5));
    assertThat(actions(status)).containsExactly("Diagnose=DONE");
    assertThat(status.waitingFor())
        .startsWith("CircuitBreaker: 3 responses within 24h changed the workload and did not help");
    assertThat(world.deeds).isEmpty();

    policy.getMetadata().setAnnotations(Map.of(Api.BREAKER_ANNOTATION, world.now.toString()));
    assertThat(actions(rehearsal.run(policy, Duration.ofMinutes(2))))
        .contains("Isolate=DONE", "PatchEnvironment=DONE");
  }

  @Test
  void whatWasIntendedBeforeItOpenedIsNotDone() {
    var incident = incident("leak-1", "w1");
    incident.addFinalizer(Journal.FINALIZER);
    incident.setStatus(
        Fixtures.status(
            List.of(
                step("Diagnose", 1, State.DONE, NOON), step("Isolate", 2, State.INTENDED, NOON)),
            null));
    world.put(incident);

    assertThat(rehearsal.run(policy, Duration.ofMinutes(2)).waitingFor())
        .startsWith("CircuitBreaker");
    assertThat(world.deeds).isEmpty();
  }

  @Test
  void theNextResponseThatDoesNotHelpIsRememberedByItsPolicy() {
    var closed = policy(respond(Mode.ENFORCE, 3, LIMITS));
    rehearsal.run(closed, Duration.ofMinutes(2));
    world.put(answered(world.get("leak-1"), 0, false, true));

    assertThat(rehearsal.run(closed, Duration.ofMinutes(2)).phase()).isEqualTo(Phase.ROLLED_BACK);
    assertThat(world.unhelpful)
        .extracting(UnhelpfulResponse::incident, UnhelpfulResponse::name)
        .containsExactly(org.assertj.core.groups.Tuple.tuple("uid-of-leak-1", "leak-1"));
  }

  private static UnhelpfulResponse didNotHelp(String name) {
    return new UnhelpfulResponse(
        "uid-of-" + name, name, NOON.minus(Duration.ofHours(1)).toString());
  }
}

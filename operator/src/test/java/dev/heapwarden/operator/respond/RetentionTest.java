package dev.heapwarden.operator.respond;

import static dev.heapwarden.operator.respond.Fixtures.NOON;
import static dev.heapwarden.operator.respond.Fixtures.incident;
import static dev.heapwarden.operator.respond.Fixtures.policy;
import static dev.heapwarden.operator.respond.Fixtures.respond;
import static dev.heapwarden.operator.respond.Fixtures.step;
import static dev.heapwarden.operator.respond.Rehearsal.LIMITS;
import static dev.heapwarden.operator.respond.Rehearsal.episode;
import static dev.heapwarden.operator.respond.Rehearsal.response;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heapwarden.crds.incident.Step.State;
import dev.heapwarden.crds.policy.Mode;
import dev.heapwarden.operator.respond.journal.Journal;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** For how long an incident is kept. */
class RetentionTest {
  private final Rehearsal rehearsal = new Rehearsal();
  private final World world = rehearsal.world;

  @Test
  void anIncidentIsKeptForThirtyDaysAfterItsEnd() {
    rehearsal.run(policy(respond(Mode.ENFORCE, 2, LIMITS)), Duration.ofDays(29));
    assertThat(world.inNamespace("shop")).hasSize(1);
    rehearsal.run(policy(respond(Mode.ENFORCE, 2, LIMITS)), Duration.ofDays(1));
    var incident = world.get("leak-1");
    rehearsal.response.advance(incident, Optional.of(policy(respond(Mode.ENFORCE, 2, LIMITS))));
    assertThat(world.inNamespace("shop")).isEmpty();
  }

  /** Else the cooldown would end with it. */
  @Test
  void anIncidentIsKeptAtLeastForThePolicysCooldown() {
    world.calm = true;
    var ended = incident("leak-1", "w1");
    ended.setStatus(Fixtures.status(List.of(), NOON.toString()));
    world.put(ended);
    var policy = Optional.of(policy(respond(Mode.ENFORCE, 2, LIMITS)));
    var forgetful = response(world, List.of(), Duration.ofMinutes(1));

    world.now = NOON.plus(Duration.ofMinutes(29));
    forgetful.advance(world.get("leak-1"), policy);
    assertThat(world.inNamespace("shop")).hasSize(1);
    world.now = NOON.plus(Duration.ofMinutes(30));
    forgetful.advance(world.get("leak-1"), policy);
    assertThat(world.inNamespace("shop")).isEmpty();
  }

  /** Without it the leak would be met as if it had never been seen. */
  @Test
  void theNewestIncidentOfALeakIsKeptWhileItsWorkloadIsWatched() {
    var watched = response(world, List.of(Fixtures.assessment()), Duration.ofDays(30));
    rehearsal.run(policy(respond(Mode.ENFORCE, 2, LIMITS)), Duration.ofDays(29));
    world.now = world.now.plus(Duration.ofDays(10));
    watched.advance(world.get("leak-1"), Optional.of(policy(respond(Mode.ENFORCE, 2, LIMITS))));
    assertThat(world.inNamespace("shop")).hasSize(1);

    world.put(episode("leak-2", 2));
    watched.advance(world.get("leak-1"), Optional.of(policy(respond(Mode.ENFORCE, 2, LIMITS))));
    assertThat(world.inNamespace("shop"))
        .extracting(incident -> incident.getMetadata().getName())
        .containsExactly("leak-2");
  }

  @Test
  void anIncidentThatIsNotEndedOrStillInForceIsKept() {
    var approve = policy(respond(Mode.APPROVE, 2, LIMITS));
    rehearsal.run(approve, Duration.ofDays(1));
    world.now = world.now.plus(Duration.ofDays(40));
    rehearsal.response.advance(world.get("leak-1"), Optional.of(approve));
    assertThat(world.inNamespace("shop")).hasSize(1);

    var isolated = world.get("leak-1");
    isolated.addFinalizer(Journal.FINALIZER);
    isolated.setStatus(
        Fixtures.status(List.of(step("Isolate", 2, State.DONE, NOON)), NOON.toString()));
    world.put(isolated);
    rehearsal.response.advance(world.get("leak-1"), Optional.of(approve));
    assertThat(world.inNamespace("shop")).hasSize(1);
  }
}

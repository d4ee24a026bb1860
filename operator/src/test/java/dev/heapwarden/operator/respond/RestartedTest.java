package dev.heapwarden.operator.respond;

import static dev.heapwarden.operator.respond.Fixtures.NOON;
import static dev.heapwarden.operator.respond.Fixtures.answered;
import static dev.heapwarden.operator.respond.Fixtures.at;
import static dev.heapwarden.operator.respond.Fixtures.incident;
import static dev.heapwarden.operator.respond.Fixtures.policy;
import static dev.heapwarden.operator.respond.Fixtures.respond;
import static dev.heapwarden.operator.respond.Fixtures.seen;
import static dev.heapwarden.operator.respond.Fixtures.step;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heapwarden.crds.incident.LeakIncident;
import dev.heapwarden.crds.incident.Phase;
import dev.heapwarden.crds.incident.Step.State;
import dev.heapwarden.crds.policy.Mode;
import dev.heapwarden.operator.respond.guard.Guards;
import dev.heapwarden.operator.respond.guard.Ruling;
import dev.heapwarden.operator.respond.journal.ActionKind;
import dev.heapwarden.operator.respond.journal.Journal;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** A restart is over when it is done. */
class RestartedTest {
  private final Rehearsal rehearsal = new Rehearsal();
  private final World world = rehearsal.world;

  @Test
  void aRestartThatIsDoneLeavesNothingToTakeBackAndTheIncidentSaysSo() {
    world.unasked.clear();
    world.unasked.addAll(
        Set.of(
            ActionKind.ISOLATE,
            ActionKind.PATCH_ENVIRONMENT,
            ActionKind.ADD_REPLICAS,
            ActionKind.RESIZE_MEMORY));
    var policy = policy(respond(Mode.ENFORCE, 3, Rehearsal.LIMITS));
    var status = rehearsal.run(policy, Duration.ofMinutes(2));
    assertThat(Rehearsal.actions(status)).contains("Restart=DONE", "Verify=INTENDED");

    world.put(answered(world.get("leak-1"), 0, false, true));
    status = rehearsal.run(policy, Duration.ofMinutes(1));

    assertThat(status.phase()).isEqualTo(Phase.ROLLED_BACK);
    assertThat(status.outcome())
        .isEqualTo("undone as asked: Restart was done and leaves nothing to take back");
    assertThat(Rehearsal.actions(status)).contains("Restart=DONE");
    assertThat(world.get("leak-1").hasFinalizer(Journal.FINALIZER)).isFalse();
  }

  /** The pod that confirmed it may be the first that was made again. */
  @Test
  void aRestartThatIsUnderWayGoesOnWithPodsThatShowLess() {
    var incident = seen(incident("leak-1", "w1"), "Suspected", NOON);
    assertThat(ruling(ActionKind.RESTART, incident)).isInstanceOf(Ruling.Hold.class);
    at(incident, "-", List.of(step("Restart", 3, State.INTENDED, NOON)));
    assertThat(ruling(ActionKind.RESTART, incident)).isInstanceOf(Ruling.Go.class);
    assertThat(ruling(ActionKind.ADD_REPLICAS, incident)).isInstanceOf(Ruling.Hold.class);
  }

  private static Ruling ruling(ActionKind kind, LeakIncident incident) {
    var policy = policy(respond(Mode.ENFORCE, 3, Rehearsal.LIMITS));
    return Guards.standing(kind, incident, policy, List.of(incident), NOON);
  }
}

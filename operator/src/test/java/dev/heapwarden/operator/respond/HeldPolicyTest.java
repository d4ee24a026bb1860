package dev.heapwarden.operator.respond;

import static dev.heapwarden.operator.respond.Fixtures.NOON;
import static dev.heapwarden.operator.respond.Fixtures.answered;
import static dev.heapwarden.operator.respond.Fixtures.incident;
import static dev.heapwarden.operator.respond.Fixtures.policy;
import static dev.heapwarden.operator.respond.Fixtures.respond;
import static dev.heapwarden.operator.respond.Fixtures.step;
import static dev.heapwarden.operator.respond.Rehearsal.LIMITS;
import static dev.heapwarden.operator.respond.Rehearsal.actions;
import static dev.heapwarden.operator.respond.Rehearsal.response;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heapwarden.crds.incident.LeakIncident;
import dev.heapwarden.crds.incident.Phase;
import dev.heapwarden.crds.incident.Step.State;
import dev.heapwarden.crds.policy.MemoryPolicy;
import dev.heapwarden.crds.policy.Mode;
import dev.heapwarden.operator.respond.journal.ActionKind;
import dev.heapwarden.operator.respond.journal.Journal;
import dev.heapwarden.operator.respond.journal.PolicyHold;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** A policy that is deleted goes after what was done under it, and is kept for nothing else. */
class HeldPolicyTest {
  private final Rehearsal rehearsal = new Rehearsal();
  private final World world = rehearsal.world;
  private final MemoryPolicy enforce = policy(respond(Mode.ENFORCE, 3, LIMITS));

  @Test
  void aPolicyIsHeldWhileSomethingIsToBeUndone() {
    assertThat(world.holdsPolicy()).isFalse();
    rehearsal.run(enforce, Duration.ofMinutes(2));
    assertThat(world.holdsPolicy()).isTrue();
    rehearsal.run(enforce, Duration.ofHours(3));
    assertThat(world.holdsPolicy()).isFalse();
  }

  @Test
  void aDeletedPolicyGoesOnlyAfterItsEffects() {
    rehearsal.run(enforce, Duration.ofMinutes(2));
    world.deletePolicy();
    assertThat(read()).as("it waits").isPresent();

    var status = rehearsal.run(deleted(enforce), Duration.ofMinutes(2));

    assertThat(status.phase()).isEqualTo(Phase.ROLLED_BACK);
    assertThat(status.outcome()).contains("MemoryPolicy was deleted");
    assertThat(world.hasEffect()).isFalse();
    assertThat(read()).isEmpty();
  }

  @Test
  void whatCannotBeUndoneKeepsADeletedPolicyNoLonger() {
    rehearsal.run(enforce, Duration.ofMinutes(2));
    world.stuck.put(ActionKind.ADD_REPLICAS, "it does not fit");
    world.deletePolicy();

    var status = rehearsal.run(deleted(enforce), Duration.ofMinutes(2));

    assertThat(status.phase()).isEqualTo(Phase.NEEDS_HUMAN);
    assertThat(actions(status)).contains("PatchEnvironment=UNDONE", "AddReplicas=FAILED");
    assertThat(read()).isEmpty();
  }

  @Test
  void underADeletedPolicyNothingNewIsBegun() {
    var status = rehearsal.run(deleted(enforce), Duration.ofMinutes(2));
    assertThat(status.phase()).isEqualTo(Phase.NEEDS_HUMAN);
    assertThat(status.outcome()).endsWith("MemoryPolicy was deleted: nothing had been changed");
    assertThat(status.steps()).isEmpty();
  }

  /** As an admission policy may. */
  @Test
  void whereAPolicyMayNotBeHeldNothingIsChangedAndTheReasonIsSaid() {
    world.deniedHold = true;

    var status = rehearsal.run(enforce, Duration.ofMinutes(2));

    assertThat(status.waitingFor())
        .isEqualTo("the policy cannot be kept until it is undone: only GitOps may");
    assertThat(world.hasEffect()).isFalse();
  }

  /** It was there when the response to the incident went on. */
  @Test
  void underAPolicyThatIsDeletedAtThatMomentNothingIsChanged() {
    world.deletePolicy();
    var status = rehearsal.run(enforce, Duration.ofMinutes(1));
    assertThat(actions(status)).containsExactly("Diagnose=DONE");
    assertThat(world.deeds).isEmpty();
  }

  @Test
  void thePolicyOfTwoIncidentsIsHeldUntilBothAreUndone() {
    world.put(isolated("leak-1", "w1"));
    world.put(isolated("leak-2", "w2"));
    assertThat(mend()).containsExactly("leak-1", "leak-2");
    assertThat(world.holdsPolicy()).isTrue();
    world.put(answered(world.get("leak-1"), 0, false, true));
    rehearsal.run(enforce, Duration.ofMinutes(1));
    assertThat(world.get("leak-1").hasFinalizer(Journal.FINALIZER)).isFalse();
    assertThat(world.holdsPolicy()).isTrue();

    world.put(answered(world.get("leak-2"), 0, false, true));
    response(world).advance(world.get("leak-2"), Optional.of(enforce));
    assertThat(world.holdsPolicy()).isFalse();
  }

  @Test
  void anOperatorThatDiesBetweenIncidentAndPolicyChangedNothingAndTheNextHoldsBoth() {
    dieBeforeThePolicyIsHeld();
    assertThat(world.get("leak-1").hasFinalizer(Journal.FINALIZER)).isTrue();
    assertThat(world.holdsPolicy()).isFalse();
    assertThat(world.deeds).isEmpty();

    rehearsal.run(enforce, Duration.ofMinutes(2));

    assertThat(world.deeds).isNotEmpty();
    assertThat(world.holdsPolicy()).isTrue();
  }

  @Test
  void aPolicyThatIsDeletedBetweenIsGoneAndTheIncidentIsLetGo() {
    dieBeforeThePolicyIsHeld();
    world.deletePolicy();
    assertThat(read()).isEmpty();

    rehearsal.run(null, Duration.ofMinutes(1));

    assertThat(world.get("leak-1").hasFinalizer(Journal.FINALIZER)).isFalse();
    assertThat(world.deeds).isEmpty();
  }

  @Test
  void aDeletedPolicyThatAnOperatorDidNotLetGoBeforeItDiedIsLetGoByTheNext() {
    rehearsal.run(enforce, Duration.ofMinutes(2));
    world.deletePolicy();
    world.deadlyHold = true;
    assertThatThrownBy(() -> rehearsal.run(deleted(enforce), Duration.ofMinutes(2)))
        .isInstanceOf(World.Death.class);
    assertThat(world.get("leak-1").hasFinalizer(Journal.FINALIZER)).isFalse();
    assertThat(read()).isPresent();

    mend();

    assertThat(read()).isEmpty();
  }

  /** Its operator did not hold policies. */
  @Test
  void thePolicyOfAnIncidentOfAnEarlierVersionIsHeld() {
    world.put(isolated("leak-1", "w1"));
    mend();
    assertThat(world.holdsPolicy()).isTrue();
  }

  private void dieBeforeThePolicyIsHeld() {
    world.deadlyHold = true;
    assertThatThrownBy(() -> rehearsal.run(enforce, Duration.ofMinutes(2)))
        .isInstanceOf(World.Death.class);
  }

  private List<String> mend() {
    world.calm = true;
    return new PolicyHold(world).mend(read().orElseThrow(), world.inNamespace("shop").stream());
  }

  private Optional<MemoryPolicy> read() {
    return world.policy("shop", "checkout");
  }

  /** The policy while somebody who deleted it waits. */
  private static MemoryPolicy deleted(MemoryPolicy policy) {
    policy.getMetadata().setDeletionTimestamp(NOON.toString());
    return policy;
  }

  private static LeakIncident isolated(String name, String workload) {
    var incident = incident(name, workload);
    incident.addFinalizer(Journal.FINALIZER);
    incident.setStatus(
        Fixtures.status(List.of(step("Isolate", 2, State.DONE, NOON)), NOON.toString()));
    return incident;
  }
}

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

import dev.heapwarden.crds.incident.LeakIncidentStatus;
import dev.heapwarden.crds.incident.Phase;
import dev.heapwarden.crds.incident.Step.State;
import dev.heapwarden.crds.policy.Mode;
import dev.heapwarden.operator.respond.guard.Ruling;
import dev.heapwarden.operator.respond.journal.ActionKind;
import dev.heapwarden.operator.respond.journal.Journal;
import dev.heapwarden.operator.respond.journal.Steps;
import dev.heapwarden.operator.respond.journal.UndoReason;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What was done is taken back, or what is left of it is named. */
class UndoTest {
  private final Rehearsal rehearsal = new Rehearsal();
  private final World world = rehearsal.world;

  @Test
  void whatWasDoneIsUndoneWhenItsTimeIsOver() {
    rehearsal.run(policy(respond(Mode.ENFORCE, 3, LIMITS)), Duration.ofMinutes(2));
    assertThat(world.get("leak-1").hasFinalizer(Journal.FINALIZER)).isTrue();
    var status = rehearsal.run(policy(respond(Mode.ENFORCE, 3, LIMITS)), Duration.ofHours(3));
    assertThat(actions(status))
        .containsExactly(
            "Diagnose=DONE",
            "Isolate=UNDONE",
            "SampleInstances=DONE",
            "PatchEnvironment=UNDONE",
            "AddReplicas=UNDONE",
            "Verify=DONE");
    assertThat(world.hasEffect()).isFalse();
    assertThat(world.get("leak-1").hasFinalizer(Journal.FINALIZER)).isFalse();
    assertThat(status.outcome())
        .contains("cannot be told")
        .containsOnlyOnce("the intervention was withdrawn at 2026-07-01T14:0")
        .endsWith("the leak may be back");
    assertThat(status.timeline())
        .extracting(LeakIncidentStatus.TimelineEntry::reason)
        .containsOnlyOnce("InterventionWithdrawn");
  }

  @Test
  void anIntentThatIsHeldWhenTheIncidentEndsIsNotCarriedOutAndLetsTheIncidentGo() {
    var incident = incident("leak-1", "w1");
    incident.addFinalizer(Journal.FINALIZER);
    incident.setStatus(
        Fixtures.status(
            List.of(
                step("Diagnose", 1, State.INTENDED, NOON),
                step("Isolate", 2, State.INTENDED, NOON)),
            NOON.toString()));
    world.put(incident);
    var status = rehearsal.run(policy(respond(Mode.ENFORCE, 3, LIMITS)), Duration.ofHours(2));
    assertThat(actions(status)).containsExactly("Diagnose=FAILED", "Isolate=UNDONE");
    assertThat(world.deeds).isEmpty();
    assertThat(world.get("leak-1").hasFinalizer(Journal.FINALIZER)).isFalse();
  }

  /** Between the failure of the one and the undo of the other. */
  @Test
  void anOperatorThatDiedWhereOneInterventionFailedTakesTheOtherBackToo() {
    var incident = incident("leak-1", "w1");
    incident.addFinalizer(Journal.FINALIZER);
    incident.setStatus(
        Fixtures.status(
            List.of(
                step("Diagnose", 1, State.DONE, NOON),
                Steps.acted(
                    step("PatchEnvironment", 3, State.DONE, NOON), NOON, NOON.plusSeconds(7200)),
                Steps.undoing(
                    step("AddReplicas", 3, State.INTENDED, NOON), UndoReason.failed("it broke"))),
            null));
    world.put(incident);
    world.act("leak-1", ActionKind.PATCH_ENVIRONMENT);
    world.unasked.add(ActionKind.ISOLATE);
    world.unasked.add(ActionKind.SAMPLE_INSTANCES);

    var status = rehearsal.run(policy(respond(Mode.ENFORCE, 3, LIMITS)), Duration.ofMinutes(1));
    assertThat(actions(status))
        .containsExactly("Diagnose=DONE", "PatchEnvironment=UNDONE", "AddReplicas=UNDONE");
    assertThat(status.phase()).isEqualTo(Phase.ROLLED_BACK);
    assertThat(world.hasEffect()).isFalse();
  }

  @Test
  void whileHeapwardenIsUninstalledNothingNewIsBegunAndWhatWasDoneIsUndone() {
    var enforce = policy(respond(Mode.ENFORCE, 3, LIMITS));
    rehearsal.run(enforce, Duration.ofMinutes(5));
    assertThat(world.hasEffect()).isTrue();
    var deeds = List.copyOf(world.deeds);
    world.installation =
        kind -> new Ruling.Hold(Ruling.Cause.GUARD, "Uninstalling: wait", Duration.ofMinutes(1));
    var later = incident("leak-2", "w2");
    world.put(later);
    world.put(answered(world.get("leak-1"), 0, false, true));

    var undone = rehearsal.run(enforce, Duration.ofMinutes(5));

    assertThat(undone.phase()).isEqualTo(Phase.ROLLED_BACK);
    assertThat(world.hasEffect()).isFalse();
    response(world).advance(world.get("leak-2"), Optional.of(enforce));
    var held = java.util.Objects.requireNonNull(world.get("leak-2").getStatus());
    assertThat(held.waitingFor()).startsWith("Uninstalling");
    assertThat(held.steps()).isEmpty();
    assertThat(world.deeds).isEqualTo(deeds);
  }

  @Test
  void aRolloutThatNeverBecomesReadyIsRolledBackWithItsReason() {
    world.broken.put(
        ActionKind.PATCH_ENVIRONMENT, "ProgressDeadlineExceeded: the new pods do not become ready");
    var status = rehearsal.run(policy(respond(Mode.ENFORCE, 3, LIMITS)), Duration.ofMinutes(2));
    assertThat(status.phase()).isEqualTo(Phase.ROLLED_BACK);
    assertThat(status.outcome()).startsWith("failed: ProgressDeadlineExceeded");
    assertThat(actions(status)).contains("PatchEnvironment=UNDONE", "AddReplicas=UNDONE");
    assertThat(world.undone).contains(ActionKind.PATCH_ENVIRONMENT, ActionKind.ADD_REPLICAS);
  }

  @Test
  void aRolloutThatIsNotReadyInTimeIsRolledBackWithItsReason() {
    world.unfinished.add(ActionKind.PATCH_ENVIRONMENT);
    var enforce = policy(respond(Mode.ENFORCE, 3, LIMITS));
    assertThat(rehearsal.run(enforce, Duration.ofMinutes(4)).phase()).isEqualTo(Phase.INTERVENING);
    var status = rehearsal.run(enforce, Duration.ofMinutes(2));
    assertThat(status.phase()).isEqualTo(Phase.ROLLED_BACK);
    assertThat(status.outcome()).startsWith("failed: not seen to be done in time: it takes time");
    assertThat(actions(status)).contains("PatchEnvironment=UNDONE", "AddReplicas=UNDONE");
  }

  /** Whether it is in force could not be asked before: it is no fault of what was rolled out. */
  @Test
  void whatAnOperatorThatWasAwayAsksLateIsWaitedForAsLong() {
    world.unfinished.add(ActionKind.PATCH_ENVIRONMENT);
    var enforce = policy(respond(Mode.ENFORCE, 3, LIMITS));
    rehearsal.run(enforce, Duration.ofMinutes(1));
    world.now = world.now.plus(Duration.ofMinutes(30));
    world.asked.put(ActionKind.PATCH_ENVIRONMENT, world.now);
    assertThat(rehearsal.run(enforce, Duration.ofMinutes(4)).phase()).isEqualTo(Phase.INTERVENING);

    world.unfinished.clear();
    var status = rehearsal.run(enforce, Duration.ofMinutes(1));
    assertThat(actions(status)).contains("PatchEnvironment=DONE", "AddReplicas=DONE");
  }

  @Test
  void whatCannotBeUndoneAsAskedIsNamedAndNotCalledRolledBack() {
    var enforce = policy(respond(Mode.ENFORCE, 3, LIMITS));
    rehearsal.run(enforce, Duration.ofMinutes(2));
    world.stuck.put(ActionKind.ADD_REPLICAS, "it does not fit");
    world.put(answered(world.get("leak-1"), 0, false, true));
    var status = rehearsal.run(enforce, Duration.ofMinutes(30));
    assertThat(status.phase()).isEqualTo(Phase.NEEDS_HUMAN);
    assertThat(status.outcome())
        .startsWith(
            "not everything could be undone: AddReplicas could not be undone: it does not fit;"
                + " Isolate, PatchEnvironment undone");
    assertThat(actions(status)).contains("PatchEnvironment=UNDONE", "AddReplicas=FAILED");
    assertThat(status.timeline())
        .extracting(LeakIncidentStatus.TimelineEntry::reason)
        .containsOnlyOnce("NeedsHuman");
  }

  @Test
  void whatFailedAndCannotAllBeTakenBackIsNotCalledRolledBack() {
    world.broken.put(ActionKind.PATCH_ENVIRONMENT, "ProgressDeadlineExceeded");
    world.stuck.put(ActionKind.ADD_REPLICAS, "it does not fit");
    var status = rehearsal.run(policy(respond(Mode.ENFORCE, 3, LIMITS)), Duration.ofMinutes(30));
    assertThat(status.phase()).isEqualTo(Phase.NEEDS_HUMAN);
    assertThat(status.outcome())
        .contains("ProgressDeadlineExceeded", "AddReplicas could not be undone: it does not fit");
  }

  @Test
  void anIsolationThatCouldNotBeTakenBackIsNoInterventionAndTheRestIsToldToo() {
    world.broken.put(ActionKind.ISOLATE, "its ReplicaSet went away");
    world.stuck.put(ActionKind.ISOLATE, "somebody changed label app");
    var status = rehearsal.run(policy(respond(Mode.ENFORCE, 2, LIMITS)), Duration.ofMinutes(30));
    assertThat(status.phase()).isEqualTo(Phase.NEEDS_HUMAN);
    assertThat(status.outcome())
        .startsWith("maxLevel 2 reached: evidence is taken")
        .contains(
            "Isolate Failed: failed: its ReplicaSet went away;"
                + " cannot be undone: somebody changed label app")
        .doesNotContain("intervention");
  }

  @Test
  void undoTakesBackEverythingTheLastFirstAndEndsTheResponse() {
    rehearsal.run(policy(respond(Mode.ENFORCE, 3, LIMITS)), Duration.ofMinutes(2));
    world.put(answered(world.get("leak-1"), 0, false, true));
    var status = rehearsal.run(policy(respond(Mode.ENFORCE, 3, LIMITS)), Duration.ofMinutes(2));
    assertThat(status.phase()).isEqualTo(Phase.ROLLED_BACK);
    assertThat(world.hasEffect()).isFalse();
    assertThat(world.undone)
        .containsExactly(ActionKind.ADD_REPLICAS, ActionKind.PATCH_ENVIRONMENT, ActionKind.ISOLATE);
    assertThat(status.steps()).noneMatch(step -> step.state() == State.INTENDED);
  }

  @Test
  void anUndoThatTheApiServerForbidsSaysWhatIsMissing() {
    var enforce = policy(respond(Mode.ENFORCE, 3, LIMITS));
    rehearsal.run(enforce, Duration.ofMinutes(2));
    world.denied.add(ActionKind.ADD_REPLICAS);
    world.put(answered(world.get("leak-1"), 0, false, true));
    var status = rehearsal.run(enforce, Duration.ofMinutes(2));
    assertThat(status.waitingFor())
        .isEqualTo("undo of AddReplicas failed, tried again: deployments is forbidden");
    assertThat(actions(status)).contains("PatchEnvironment=UNDONE", "AddReplicas=UNDOING");
  }

  @Test
  void aDeletedPolicyTakesBackEverything() {
    rehearsal.run(policy(respond(Mode.ENFORCE, 3, LIMITS)), Duration.ofMinutes(2));
    var status = rehearsal.run(null, Duration.ofMinutes(2));
    assertThat(status.phase()).isEqualTo(Phase.ROLLED_BACK);
    assertThat(status.outcome()).contains("MemoryPolicy was deleted");
    assertThat(world.hasEffect()).isFalse();
  }

  @Test
  void aDeletedIncidentGoesOnlyAfterItsEffects() {
    rehearsal.run(policy(respond(Mode.ENFORCE, 3, LIMITS)), Duration.ofMinutes(2));
    var deleted = world.get("leak-1");
    deleted.getMetadata().setDeletionTimestamp(NOON.toString());
    world.put(deleted);
    rehearsal.run(policy(respond(Mode.ENFORCE, 3, LIMITS)), Duration.ofMinutes(1));
    assertThat(world.hasEffect()).isFalse();
    assertThat(world.get("leak-1").hasFinalizer(Journal.FINALIZER)).isFalse();
  }
}

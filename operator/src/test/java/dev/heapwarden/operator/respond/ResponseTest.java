package dev.heapwarden.operator.respond;

import static dev.heapwarden.operator.respond.Fixtures.NOON;
import static dev.heapwarden.operator.respond.Fixtures.answered;
import static dev.heapwarden.operator.respond.Fixtures.incident;
import static dev.heapwarden.operator.respond.Fixtures.policy;
import static dev.heapwarden.operator.respond.Fixtures.respond;
import static dev.heapwarden.operator.respond.Fixtures.step;
import static dev.heapwarden.operator.respond.Rehearsal.LIMITS;
import static dev.heapwarden.operator.respond.Rehearsal.actions;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heapwarden.crds.incident.Finding;
import dev.heapwarden.crds.incident.LeakIncidentStatus;
import dev.heapwarden.crds.incident.Phase;
import dev.heapwarden.crds.incident.Step.State;
import dev.heapwarden.crds.policy.Limits;
import dev.heapwarden.crds.policy.MaintenanceWindow;
import dev.heapwarden.crds.policy.Mode;
import dev.heapwarden.operator.respond.guard.Quota;
import dev.heapwarden.operator.respond.guard.Quotas;
import dev.heapwarden.operator.respond.guard.Ruling;
import dev.heapwarden.operator.respond.journal.ActionKind;
import dev.heapwarden.operator.respond.journal.Journal;
import dev.heapwarden.operator.respond.journal.Steps;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class ResponseTest {
  private final Rehearsal rehearsal = new Rehearsal();
  private final World world = rehearsal.world;

  @Test
  void enforceGoesThroughAllLevelsAndLeavesUnclearResultsToAPerson() {
    var status = rehearsal.run(policy(respond(Mode.ENFORCE, 3, LIMITS)), Duration.ofMinutes(2));
    assertThat(status.phase()).isEqualTo(Phase.VERIFYING);
    assertThat(status.level()).isEqualTo(3);
    assertThat(status.site()).isEqualTo("main.f");
    assertThat(status.baseline())
        .extracting(Finding::cause)
        .as("what the snapshot named")
        .isEqualTo("MapGrowth");
    assertThat(actions(status))
        .containsExactly(
            "Diagnose=DONE",
            "Isolate=DONE",
            "SampleInstances=DONE",
            "PatchEnvironment=DONE",
            "AddReplicas=DONE",
            "Verify=INTENDED");
    var ended = rehearsal.run(policy(respond(Mode.ENFORCE, 3, LIMITS)), Duration.ofHours(1));
    assertThat(ended.phase()).isEqualTo(Phase.NEEDS_HUMAN);
    assertThat(ended.outcome()).contains("cannot be told");
  }

  @Test
  void whatThePolicyDoesNotAskForWaitsForNoBudget() {
    world.unasked.add(ActionKind.ADD_REPLICAS);
    var status =
        rehearsal.run(policy(respond(Mode.ENFORCE, 3, new Limits(2, 1))), Duration.ofMinutes(5));
    assertThat(actions(status)).contains("PatchEnvironment=DONE");
    assertThat(status.timeline())
        .extracting(LeakIncidentStatus.TimelineEntry::reason)
        .doesNotContain("HeldBack");
  }

  @Test
  void observeDoesNothingAndSaysWhy() {
    var status = rehearsal.run(policy(respond(Mode.OBSERVE, 3, LIMITS)), Duration.ofMinutes(5));
    assertThat(status.phase()).isEqualTo(Phase.OPEN);
    assertThat(status.waitingFor()).contains("Observe");
    assertThat(status.steps()).isEmpty();
  }

  @Test
  void aLevelThatIsNotInstalledIsRefusedAndTheOthersAreDone() {
    world.installation =
        kind ->
            kind.level() == 2 ? new Ruling.Never("LevelNotInstalled: level 2") : new Ruling.Go();
    var status = rehearsal.run(policy(respond(Mode.ENFORCE, 3, LIMITS)), Duration.ofMinutes(5));
    assertThat(actions(status))
        .startsWith(
            "Diagnose=DONE",
            "Isolate=REFUSED",
            "SampleInstances=REFUSED",
            "PatchEnvironment=DONE",
            "AddReplicas=DONE");
    assertThat(status.steps().get(1).message()).isEqualTo("LevelNotInstalled: level 2");
    assertThat(world.deeds).extracting(World.Deed::kind).doesNotContain(ActionKind.ISOLATE);
  }

  /** What its policy allows is more. */
  @Test
  void theInstallationsQuotaHoldsBackTheNextChangeAndSaysWhy() {
    world.quotas = new Quotas(new Quota(1, 5, 5), new Quota(9, 9, 9));
    var status = rehearsal.run(policy(respond(Mode.ENFORCE, 3, LIMITS)), Duration.ofMinutes(2));
    assertThat(actions(status))
        .containsExactly("Diagnose=DONE", "Isolate=DONE", "SampleInstances=DONE");
    assertThat(status.waitingFor())
        .startsWith("Budget: 1 of 1 actions of this hour in namespace shop are spent, next at");
  }

  @Test
  void aSampleThatMayNotBeTakenNowKeepsNothingElseWaiting() {
    world.installation =
        kind ->
            kind == ActionKind.SAMPLE_INSTANCES
                ? new Ruling.Hold(Ruling.Cause.GUARD, "next window", Duration.ofHours(1))
                : new Ruling.Go();
    var status = rehearsal.run(policy(respond(Mode.ENFORCE, 3, LIMITS)), Duration.ofMinutes(2));
    assertThat(actions(status))
        .startsWith("Diagnose=DONE", "Isolate=DONE", "PatchEnvironment=DONE", "AddReplicas=DONE");
  }

  @Test
  void withoutTheRightToGoFurtherThePersonIsToldWhatWasDone() {
    var status = rehearsal.run(policy(respond(Mode.ENFORCE, 2, LIMITS)), Duration.ofMinutes(5));
    assertThat(status.phase()).isEqualTo(Phase.NEEDS_HUMAN);
    assertThat(status.outcome()).startsWith("maxLevel 2 reached").contains("isolated and replaced");
    assertThat(status.level()).isEqualTo(2);
  }

  @Test
  void anApprovalThatComesAfterTheLeakWentChangesNothingUntilItIsBack() {
    var approve = policy(respond(Mode.APPROVE, 3, LIMITS));
    rehearsal.run(approve, Duration.ofMinutes(1));
    world.put(answered(world.get("leak-1"), 1, false, false));
    rehearsal.run(approve, Duration.ofMinutes(20));
    world.put(answered(world.get("leak-1"), 3, false, false));
    var status = rehearsal.run(approve, Duration.ofMinutes(20));
    assertThat(actions(status)).containsExactly("Diagnose=DONE");
    assertThat(status.waitingFor())
        .startsWith("EvidenceStale: the leak was last seen at 2026-07-01T12:00:00Z");
    assertThat(status.timeline())
        .filteredOn(entry -> entry.reason().equals("EvidenceStale"))
        .singleElement()
        .satisfies(entry -> assertThat(entry.message()).startsWith("the leak was last seen at"));
    assertThat(status.timeline())
        .filteredOn(entry -> entry.reason().equals("AwaitingApproval"))
        .extracting(LeakIncidentStatus.TimelineEntry::message)
        .allSatisfy(message -> assertThat(message).startsWith("level"));

    world.seen("leak-1", "Confirmed");
    assertThat(actions(rehearsal.run(approve, Duration.ofMinutes(2)))).contains("Isolate=DONE");
  }

  @Test
  void anIntentIsNotCarriedOutOnceTheLeakIsGone() {
    suspendBeforeIsolation();
    rehearsal.run(policy(respond(Mode.ENFORCE, 2, LIMITS)), Duration.ofMinutes(1));
    world.put(answered(world.get("leak-1"), 0, false, false));
    world.seen("leak-1", "Suspected");
    var status = rehearsal.run(policy(respond(Mode.ENFORCE, 2, LIMITS)), Duration.ofMinutes(5));
    assertThat(actions(status)).contains("Isolate=INTENDED");
    assertThat(status.waitingFor()).startsWith("EvidenceStale");
    assertThat(world.deeds).isEmpty();
  }

  @Test
  void anIntentThatWasHeldIsNotCarriedOutOutsideItsMaintenanceWindow() {
    var incident = incident("leak-1", "w1");
    incident.addFinalizer(Journal.FINALIZER);
    incident.setStatus(
        Fixtures.status(
            List.of(
                step("Diagnose", 1, State.DONE, NOON), step("Isolate", 2, State.INTENDED, NOON)),
            null));
    world.put(incident);
    var atNight = new MaintenanceWindow("0 0 2 * * ?", "UTC", "2h", List.of(2));
    var status =
        rehearsal.run(
            policy(respond(Mode.ENFORCE, 2, LIMITS, List.of(atNight))), Duration.ofMinutes(1));
    assertThat(status.waitingFor()).startsWith("MaintenanceWindow");
    assertThat(world.deeds).isEmpty();
  }

  @Test
  void aPolicyThatNamesNoInterventionIsNotSaidToHaveFailed() {
    world.unasked.add(ActionKind.PATCH_ENVIRONMENT);
    world.unasked.add(ActionKind.ADD_REPLICAS);
    var status = rehearsal.run(policy(respond(Mode.ENFORCE, 3, LIMITS)), Duration.ofMinutes(5));
    assertThat(status.phase()).isEqualTo(Phase.NEEDS_HUMAN);
    assertThat(status.outcome())
        .startsWith("the policy asks for no change at level 3: evidence is taken");
  }

  /** Nothing but looking is needed for it: what holds the next act back holds back no record. */
  @Test
  void whatWasDoneBeforeACrashIsRecordedAlthoughTheIncidentIsSuspended() {
    suspendBeforeIsolation();
    world.act("leak-1", ActionKind.ISOLATE);
    var status = rehearsal.run(policy(respond(Mode.ENFORCE, 2, LIMITS)), Duration.ofMinutes(1));
    assertThat(actions(status)).contains("Isolate=DONE");
    assertThat(status.steps().get(1).expiresAt()).isNotNull();
    assertThat(world.deeds).isEmpty();
  }

  @Test
  void anActionThatAdmissionControlDeniesFailsAndTheResponseGoesOn() {
    world.denied.add(ActionKind.PATCH_ENVIRONMENT);
    var status = rehearsal.run(policy(respond(Mode.ENFORCE, 3, LIMITS)), Duration.ofMinutes(2));

    assertThat(actions(status))
        .contains("PatchEnvironment=FAILED", "AddReplicas=DONE", "Verify=INTENDED");
    assertThat(Steps.newest(status, ActionKind.PATCH_ENVIRONMENT).orElseThrow().message())
        .startsWith("Denied: ");
  }

  @Test
  void aSampleThatCannotBeTakenDoesNotKeepTheResponseFromGoingOn() {
    world.denied.add(ActionKind.SAMPLE_INSTANCES);
    var status = rehearsal.run(policy(respond(Mode.ENFORCE, 3, LIMITS)), Duration.ofMinutes(2));

    assertThat(actions(status))
        .containsSequence("Isolate=DONE", "SampleInstances=FAILED", "PatchEnvironment=DONE");
    assertThat(Steps.newest(status, ActionKind.SAMPLE_INSTANCES).orElseThrow().message())
        .startsWith("Denied: ");
  }

  /** Of an incident whose isolation was intended and not done. */
  private void suspendBeforeIsolation() {
    var incident = answered(incident("leak-1", "w1"), 0, true, false);
    incident.addFinalizer(Journal.FINALIZER);
    incident.setStatus(
        Fixtures.status(
            List.of(
                step("Diagnose", 1, State.DONE, NOON), step("Isolate", 2, State.INTENDED, NOON)),
            null));
    world.put(incident);
  }
}

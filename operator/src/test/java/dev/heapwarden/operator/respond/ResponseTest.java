package dev.heapwarden.operator.respond;

import static dev.heapwarden.operator.respond.Fixtures.NOON;
import static dev.heapwarden.operator.respond.Fixtures.answered;
import static dev.heapwarden.operator.respond.Fixtures.incident;
import static dev.heapwarden.operator.respond.Fixtures.policy;
import static dev.heapwarden.operator.respond.Fixtures.respond;
import static dev.heapwarden.operator.respond.Fixtures.step;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heapwarden.crds.incident.LeakIncident;
import dev.heapwarden.crds.incident.LeakIncidentSpec;
import dev.heapwarden.crds.incident.LeakIncidentStatus;
import dev.heapwarden.crds.incident.Phase;
import dev.heapwarden.crds.incident.Step;
import dev.heapwarden.crds.incident.Step.State;
import dev.heapwarden.crds.policy.Limits;
import dev.heapwarden.crds.policy.MemoryPolicy;
import dev.heapwarden.crds.policy.Mode;
import dev.heapwarden.operator.evaluate.Assessment;
import dev.heapwarden.operator.respond.guard.Ruling;
import dev.heapwarden.operator.respond.journal.ActionKind;
import dev.heapwarden.operator.respond.journal.Journal;
import dev.heapwarden.operator.respond.journal.Steps;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ResponseTest {
  private static final Limits LIMITS = new Limits(3, 1);
  private final World world = new World(1);
  private final Response response = response(world);

  @Test
  void enforceGoesThroughAllLevelsAndLeavesUnclearResultsToAPerson() {
    var status = run(policy(respond(Mode.ENFORCE, 3, LIMITS)), Duration.ofMinutes(2));
    assertThat(status.phase()).isEqualTo(Phase.VERIFYING);
    assertThat(status.level()).isEqualTo(3);
    assertThat(status.site()).isEqualTo("main.f");
    assertThat(actions(status))
        .containsExactly(
            "Diagnose=DONE",
            "Isolate=DONE",
            "SampleInstances=DONE",
            "PatchEnvironment=DONE",
            "AddReplicas=DONE",
            "Verify=INTENDED");
    var ended = run(policy(respond(Mode.ENFORCE, 3, LIMITS)), Duration.ofHours(1));
    assertThat(ended.phase()).isEqualTo(Phase.NEEDS_HUMAN);
    assertThat(ended.outcome()).contains("cannot be told");
  }

  @Test
  void whatWasDoneIsUndoneWhenItsTimeIsOver() {
    run(policy(respond(Mode.ENFORCE, 3, LIMITS)), Duration.ofMinutes(2));
    assertThat(world.get("leak-1").hasFinalizer(Journal.FINALIZER)).isTrue();
    var status = run(policy(respond(Mode.ENFORCE, 3, LIMITS)), Duration.ofHours(3));
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
    var status = run(policy(respond(Mode.ENFORCE, 3, LIMITS)), Duration.ofHours(2));
    assertThat(actions(status)).containsExactly("Diagnose=FAILED", "Isolate=UNDONE");
    assertThat(world.deeds).isEmpty();
    assertThat(world.get("leak-1").hasFinalizer(Journal.FINALIZER)).isFalse();
  }

  @Test
  void whatThePolicyDoesNotAskForWaitsForNoBudget() {
    world.unasked.add(ActionKind.ADD_REPLICAS);
    var status = run(policy(respond(Mode.ENFORCE, 3, new Limits(2, 1))), Duration.ofMinutes(5));
    assertThat(actions(status)).contains("PatchEnvironment=DONE");
    assertThat(status.timeline())
        .extracting(LeakIncidentStatus.TimelineEntry::reason)
        .doesNotContain("HeldBack");
  }

  @Test
  void observeDoesNothingAndSaysWhy() {
    var status = run(policy(respond(Mode.OBSERVE, 3, LIMITS)), Duration.ofMinutes(5));
    assertThat(status.phase()).isEqualTo(Phase.OPEN);
    assertThat(status.waitingFor()).contains("Observe");
    assertThat(status.steps()).isEmpty();
  }

  @Test
  void dryRunSaysEveryStepOnceAndDoesNone() {
    var status = run(policy(respond(Mode.DRY_RUN, 3, LIMITS)), Duration.ofMinutes(5));
    assertThat(actions(status))
        .containsExactly(
            "Diagnose=PLANNED",
            "Isolate=PLANNED",
            "SampleInstances=PLANNED",
            "PatchEnvironment=PLANNED",
            "AddReplicas=PLANNED");
    assertThat(status.steps()).allSatisfy(step -> assertThat(step.patch()).isEqualTo("patch"));
    assertThat(status.phase()).isEqualTo(Phase.OPEN);
    assertThat(world.deeds).isEmpty();
    var enforced = run(policy(respond(Mode.ENFORCE, 2, LIMITS)), Duration.ofMinutes(5));
    assertThat(actions(enforced)).contains("Diagnose=DONE", "Isolate=DONE");
  }

  @Test
  void aLevelThatIsNotInstalledIsRefusedAndTheOthersAreDone() {
    world.installation =
        kind ->
            kind.level() == 2 ? new Ruling.Never("LevelNotInstalled: level 2") : new Ruling.Go();
    var status = run(policy(respond(Mode.ENFORCE, 3, LIMITS)), Duration.ofMinutes(5));
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

  @Test
  void whileHeapwardenIsUninstalledNothingNewIsBegunAndWhatWasDoneIsUndone() {
    var enforce = policy(respond(Mode.ENFORCE, 3, LIMITS));
    run(enforce, Duration.ofMinutes(5));
    assertThat(world.hasEffect()).isTrue();
    var deeds = List.copyOf(world.deeds);
    world.installation =
        kind -> new Ruling.Hold(Ruling.Cause.GUARD, "Uninstalling: wait", Duration.ofMinutes(1));
    var later = incident("leak-2", "w2");
    world.put(later);
    world.put(answered(world.get("leak-1"), 0, false, true));

    var undone = run(enforce, Duration.ofMinutes(5));

    assertThat(undone.phase()).isEqualTo(Phase.ROLLED_BACK);
    assertThat(world.hasEffect()).isFalse();
    response(world).advance(world.get("leak-2"), Optional.of(enforce));
    var held = java.util.Objects.requireNonNull(world.get("leak-2").getStatus());
    assertThat(held.waitingFor()).startsWith("Uninstalling");
    assertThat(held.steps()).isEmpty();
    assertThat(world.deeds).isEqualTo(deeds);
  }

  @Test
  void withoutTheRightToGoFurtherThePersonIsToldWhatWasDone() {
    var status = run(policy(respond(Mode.ENFORCE, 2, LIMITS)), Duration.ofMinutes(5));
    assertThat(status.phase()).isEqualTo(Phase.NEEDS_HUMAN);
    assertThat(status.outcome()).startsWith("maxLevel 2 reached").contains("isolated and replaced");
    assertThat(status.level()).isEqualTo(2);
  }

  @Test
  void anApprovalThatComesAfterTheLeakWentChangesNothingUntilItIsBack() {
    var approve = policy(respond(Mode.APPROVE, 3, LIMITS));
    run(approve, Duration.ofMinutes(1));
    world.put(answered(world.get("leak-1"), 1, false, false));
    run(approve, Duration.ofMinutes(20));
    world.put(answered(world.get("leak-1"), 3, false, false));
    var status = run(approve, Duration.ofMinutes(20));
    assertThat(actions(status)).containsExactly("Diagnose=DONE");
    assertThat(status.waitingFor())
        .startsWith("EvidenceStale: the leak was last seen at 2026-07-01T12:00:00Z");
    assertThat(status.timeline())
        .extracting(LeakIncidentStatus.TimelineEntry::reason)
        .containsOnlyOnce("EvidenceStale");

    world.seen("leak-1", "Confirmed");
    assertThat(actions(run(approve, Duration.ofMinutes(2)))).contains("Isolate=DONE");
  }

  @Test
  void anIntentIsNotCarriedOutOnceTheLeakIsGone() {
    var incident = answered(incident("leak-1", "w1"), 0, true, false);
    incident.addFinalizer(Journal.FINALIZER);
    incident.setStatus(
        Fixtures.status(
            List.of(
                step("Diagnose", 1, State.DONE, NOON), step("Isolate", 2, State.INTENDED, NOON)),
            null));
    world.put(incident);
    run(policy(respond(Mode.ENFORCE, 2, LIMITS)), Duration.ofMinutes(1));
    world.put(answered(world.get("leak-1"), 0, false, false));
    world.seen("leak-1", "Suspected");
    var status = run(policy(respond(Mode.ENFORCE, 2, LIMITS)), Duration.ofMinutes(5));
    assertThat(actions(status)).contains("Isolate=INTENDED");
    assertThat(status.waitingFor()).startsWith("EvidenceStale");
    assertThat(world.deeds).isEmpty();
  }

  @Test
  void whatDidNotHelpIsOnlySuggestedTheNextTimes() {
    var before = episode("leak-1", 1);
    before.setStatus(
        Fixtures.rolledBack(
            List.of(
                patched(State.UNDONE, "it did not help: growth is the same"),
                step("AddReplicas", 3, State.REFUSED, NOON)),
            NOON.minus(Duration.ofHours(1))));
    world.put(before);
    var second = respondTo(episode("leak-2", 2));
    assertThat(actions(second))
        .contains("Isolate=DONE", "PatchEnvironment=SUGGESTED", "AddReplicas=DONE");
    assertThat(Steps.newest(second, ActionKind.PATCH_ENVIRONMENT).orElseThrow().message())
        .isEqualTo(
            "NotRepeated: the same change was rolled back in leak-1: it did not help: growth is"
                + " the same");

    world.now = world.now.plus(Duration.ofHours(3));
    var ended = world.get("leak-2");
    ended.setStatus(
        Fixtures.status(
            second.steps().stream().filter(s -> s.state() == State.SUGGESTED).toList(),
            world.now.minus(Duration.ofHours(1)).toString()));
    world.put(ended);
    assertThat(actions(respondTo(episode("leak-3", 3)))).contains("PatchEnvironment=SUGGESTED");
  }

  @Test
  void anotherChangeOrOneThatHelpedIsMadeTheNextTime() {
    var before = episode("leak-1", 1);
    before.setStatus(
        Fixtures.status(
            List.of(patched(State.UNDONE, "its time to live is over")),
            NOON.minus(Duration.ofHours(1)).toString()));
    world.put(before);
    assertThat(actions(respondTo(episode("leak-2", 2)))).contains("PatchEnvironment=DONE");
  }

  @Test
  void aPolicyThatIsMadeAnewMayDoWhatItsDeletionUndid() {
    var before = episode("leak-1", 1);
    before.setStatus(
        Fixtures.rolledBack(
            List.of(patched(State.UNDONE, "the MemoryPolicy was deleted; it is gone")),
            NOON.minus(Duration.ofHours(1))));
    world.put(before);
    assertThat(actions(respondTo(episode("leak-2", 2)))).contains("PatchEnvironment=DONE");
  }

  @Test
  void whatDidNotHelpIsRememberedAcrossAnEpisodeThatDidNotComeToIt() {
    var first = episode("leak-1", 1);
    first.setStatus(
        Fixtures.rolledBack(
            List.of(patched(State.UNDONE, "it did not help")), NOON.minus(Duration.ofHours(2))));
    world.put(first);
    var second = episode("leak-2", 2);
    second.setStatus(Fixtures.status(List.of(), NOON.minus(Duration.ofHours(1)).toString()));
    world.put(second);

    assertThat(actions(respondTo(episode("leak-3", 3))))
        .contains("PatchEnvironment=SUGGESTED", "AddReplicas=DONE");
  }

  @Test
  void anActionThatAdmissionControlDeniesFailsAndTheResponseGoesOn() {
    world.denied.add(ActionKind.PATCH_ENVIRONMENT);
    var status = run(policy(respond(Mode.ENFORCE, 3, LIMITS)), Duration.ofMinutes(2));

    assertThat(actions(status))
        .contains("PatchEnvironment=FAILED", "AddReplicas=DONE", "Verify=INTENDED");
    assertThat(Steps.newest(status, ActionKind.PATCH_ENVIRONMENT).orElseThrow().message())
        .startsWith("Denied: ");
  }

  @Test
  void aSampleThatCannotBeTakenDoesNotKeepTheResponseFromGoingOn() {
    world.denied.add(ActionKind.SAMPLE_INSTANCES);
    var status = run(policy(respond(Mode.ENFORCE, 3, LIMITS)), Duration.ofMinutes(2));

    assertThat(actions(status))
        .containsSequence("Isolate=DONE", "SampleInstances=FAILED", "PatchEnvironment=DONE");
    assertThat(Steps.newest(status, ActionKind.SAMPLE_INSTANCES).orElseThrow().message())
        .startsWith("Denied: ");
  }

  private LeakIncidentStatus respondTo(LeakIncident incident) {
    world.calm = true;
    world.put(incident);
    var name = incident.getMetadata().getName();
    world.seen(name, "Confirmed");
    for (int i = 0; i < 10; i++) {
      response.advance(
          world.get(name), Optional.of(policy(respond(Mode.ENFORCE, 3, new Limits(10, 5)))));
    }
    return world.get(name).getStatus();
  }

  private static LeakIncident episode(String name, int episode) {
    var incident = incident(name, "w1");
    var target = incident.getSpec().target();
    incident.setSpec(
        new LeakIncidentSpec(
            new LeakIncidentSpec.Target(
                target.kind(),
                target.name(),
                target.uid(),
                target.container(),
                target.policy(),
                episode),
            LeakIncidentSpec.Response.none()));
    return incident;
  }

  private static Step patched(State state, String message) {
    return new Step(
        "PatchEnvironment",
        3,
        state,
        "it",
        message,
        "patch",
        Map.of(),
        NOON.toString(),
        NOON.toString(),
        null);
  }

  @Test
  void undoTakesBackEverythingTheLastFirstAndEndsTheResponse() {
    run(policy(respond(Mode.ENFORCE, 3, LIMITS)), Duration.ofMinutes(2));
    world.put(answered(world.get("leak-1"), 0, false, true));
    var status = run(policy(respond(Mode.ENFORCE, 3, LIMITS)), Duration.ofMinutes(2));
    assertThat(status.phase()).isEqualTo(Phase.ROLLED_BACK);
    assertThat(world.hasEffect()).isFalse();
    assertThat(world.undone)
        .containsExactly(ActionKind.ADD_REPLICAS, ActionKind.PATCH_ENVIRONMENT, ActionKind.ISOLATE);
    assertThat(status.steps()).noneMatch(step -> step.state() == State.INTENDED);
  }

  @Test
  void aDeletedPolicyTakesBackEverything() {
    run(policy(respond(Mode.ENFORCE, 3, LIMITS)), Duration.ofMinutes(2));
    var status = run(null, Duration.ofMinutes(2));
    assertThat(status.phase()).isEqualTo(Phase.ROLLED_BACK);
    assertThat(status.outcome()).contains("MemoryPolicy was deleted");
    assertThat(world.hasEffect()).isFalse();
  }

  @Test
  void anIncidentIsKeptForThirtyDaysAfterItsEnd() {
    run(policy(respond(Mode.ENFORCE, 2, LIMITS)), Duration.ofDays(29));
    assertThat(world.inNamespace("shop")).hasSize(1);
    run(policy(respond(Mode.ENFORCE, 2, LIMITS)), Duration.ofDays(1));
    var incident = world.get("leak-1");
    response.advance(incident, Optional.of(policy(respond(Mode.ENFORCE, 2, LIMITS))));
    assertThat(world.inNamespace("shop")).isEmpty();
  }

  /** Without it the leak would be met as if it had never been seen. */
  @Test
  void theNewestIncidentOfALeakIsKeptWhileItsWorkloadIsWatched() {
    var watched = response(world, List.of(Fixtures.assessment()));
    run(policy(respond(Mode.ENFORCE, 2, LIMITS)), Duration.ofDays(29));
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
    run(approve, Duration.ofDays(1));
    world.now = world.now.plus(Duration.ofDays(40));
    response.advance(world.get("leak-1"), Optional.of(approve));
    assertThat(world.inNamespace("shop")).hasSize(1);

    var isolated = world.get("leak-1");
    isolated.addFinalizer(Journal.FINALIZER);
    isolated.setStatus(
        Fixtures.status(List.of(step("Isolate", 2, State.DONE, NOON)), NOON.toString()));
    world.put(isolated);
    response.advance(world.get("leak-1"), Optional.of(approve));
    assertThat(world.inNamespace("shop")).hasSize(1);
  }

  @Test
  void aDeletedIncidentGoesOnlyAfterItsEffects() {
    run(policy(respond(Mode.ENFORCE, 3, LIMITS)), Duration.ofMinutes(2));
    var deleted = world.get("leak-1");
    deleted.getMetadata().setDeletionTimestamp(NOON.toString());
    world.put(deleted);
    run(policy(respond(Mode.ENFORCE, 3, LIMITS)), Duration.ofMinutes(1));
    assertThat(world.hasEffect()).isFalse();
    assertThat(world.get("leak-1").hasFinalizer(Journal.FINALIZER)).isFalse();
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void whateverHappensNoRuleIsBroken(long seed) {
    var wild = new World(seed);
    wild.put(incident("leak-1", "w1"));
    wild.put(incident("leak-2", "w2"));
    var random = new Random(seed);
    var limits = new Limits(1 + random.nextInt(4), 1 + random.nextInt(2));
    var mode = random.nextBoolean() ? Mode.ENFORCE : Mode.APPROVE;
    var policy = policy(respond(mode, 1 + random.nextInt(3), limits));
    for (int i = 0; i < 300; i++) {
      var name = "leak-" + (1 + random.nextInt(2));
      if (random.nextInt(50) == 0) {
        wild.put(answered(wild.get(name), random.nextInt(4), random.nextInt(4) == 0, false));
      }
      if (random.nextInt(4) > 0) {
        wild.seen(name, random.nextInt(10) == 0 ? "Suspected" : "Confirmed");
      }
      once(wild, name, random.nextInt(300) == 0 ? null : policy);
      wild.now = wild.now.plusSeconds(random.nextInt(120));
      assertWithinBudget(wild, limits.actionsPerHour());
      assertHeldWhileItHasEffects(wild);
    }
    wild.calm = true;
    for (var name : List.of("leak-1", "leak-2")) {
      wild.put(answered(wild.get(name), 0, false, true));
      for (int i = 0; i < 20; i++) {
        once(wild, name, policy);
      }
      var status = wild.get(name).getStatus();
      assertThat(status.phase()).isEqualTo(Phase.ROLLED_BACK);
      assertThat(status.steps())
          .noneMatch(step -> step.state() == State.INTENDED || step.state() == State.UNDOING);
    }
    assertThat(wild.hasEffect()).as("undo leaves nothing").isFalse();
    assertThat(wild.deeds).as("nothing is done twice").doesNotHaveDuplicates();
    assertThat(wild.deeds.stream().map(deed -> deed.incident() + deed.kind()))
        .doesNotHaveDuplicates();
  }

  static List<Long> seeds() {
    return new Random(42).longs(40).boxed().toList();
  }

  private static void assertWithinBudget(World wild, int allowed) {
    var hourAgo = wild.now.minus(Duration.ofHours(1));
    assertThat(wild.deeds.stream().filter(deed -> deed.at().isAfter(hourAgo)).count())
        .isLessThanOrEqualTo(allowed);
  }

  private static void assertHeldWhileItHasEffects(World wild) {
    for (var incident : wild.inNamespace("shop")) {
      if (Steps.all(incident.getStatus()).anyMatch(Steps::hasEffect)) {
        assertThat(incident.hasFinalizer(Journal.FINALIZER)).isTrue();
      }
    }
  }

  /** A new operator each time: nothing is remembered but what is written. */
  private static void once(
      World wild, String name, @org.jspecify.annotations.Nullable MemoryPolicy policy) {
    try {
      response(wild).advance(wild.get(name), Optional.ofNullable(policy));
    } catch (World.Death e) {
      assertThat(wild.calm).as("it died: " + e).isFalse();
    }
  }

  private LeakIncidentStatus run(
      @org.jspecify.annotations.Nullable MemoryPolicy policy, Duration time) {
    world.calm = true;
    if (world.inNamespace("shop").isEmpty()) {
      world.put(incident("leak-1", "w1"));
    }
    var until = world.now.plus(time);
    while (world.now.isBefore(until)) {
      var wait = response.advance(world.get("leak-1"), Optional.ofNullable(policy));
      assertThat(wait).isPositive();
      world.now = world.now.plus(wait);
    }
    return world.get("leak-1").getStatus();
  }

  private static List<String> actions(LeakIncidentStatus status) {
    return status.steps().stream().map(ResponseTest::line).toList();
  }

  private static String line(Step step) {
    return step.action() + "=" + step.state();
  }

  private static Response response(World world) {
    return response(world, List.of());
  }

  private static Response response(World world, List<Assessment> watched) {
    return new Response(
        new Response.Actions(
            world.action(ActionKind.DIAGNOSE),
            world.action(ActionKind.ISOLATE),
            world.action(ActionKind.SAMPLE_INSTANCES),
            List.of(
                world.action(ActionKind.PATCH_ENVIRONMENT), world.action(ActionKind.ADD_REPLICAS))),
        kind -> world.installation.ruling(kind),
        world,
        (workload, container) -> watched,
        (about, reason, message) -> {},
        () -> world.now,
        Duration.ofDays(30));
  }
}

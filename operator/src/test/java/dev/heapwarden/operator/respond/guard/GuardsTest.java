package dev.heapwarden.operator.respond.guard;

import static dev.heapwarden.operator.respond.Fixtures.NOON;
import static dev.heapwarden.operator.respond.Fixtures.answered;
import static dev.heapwarden.operator.respond.Fixtures.incident;
import static dev.heapwarden.operator.respond.Fixtures.policy;
import static dev.heapwarden.operator.respond.Fixtures.respond;
import static dev.heapwarden.operator.respond.Fixtures.seen;
import static dev.heapwarden.operator.respond.Fixtures.status;
import static dev.heapwarden.operator.respond.Fixtures.step;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heapwarden.crds.incident.LeakIncident;
import dev.heapwarden.crds.incident.Step;
import dev.heapwarden.crds.incident.Step.State;
import dev.heapwarden.crds.policy.Limits;
import dev.heapwarden.crds.policy.MemoryPolicyStatus;
import dev.heapwarden.crds.policy.MemoryPolicyStatus.SpentAction;
import dev.heapwarden.crds.policy.Mode;
import dev.heapwarden.crds.policy.Respond;
import dev.heapwarden.operator.respond.guard.Ruling.Go;
import dev.heapwarden.operator.respond.guard.Ruling.Hold;
import dev.heapwarden.operator.respond.journal.ActionKind;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class GuardsTest {
  private static final Respond ENFORCE = respond(Mode.ENFORCE, 3, new Limits(3, 1));
  private final LeakIncident incident = incident("leak-1", "w1");
  private List<SpentAction> remembered = List.of();

  @Test
  void observeActsOnNothingAndDryRunOnlyPlans() {
    assertThat(rule(ActionKind.DIAGNOSE, respond(Mode.OBSERVE, 3, new Limits(3, 1))))
        .isInstanceOfSatisfying(Hold.class, hold -> assertThat(hold.reason()).contains("Observe"));
    assertThat(rule(ActionKind.DIAGNOSE, respond(Mode.DRY_RUN, 3, new Limits(3, 1))))
        .isInstanceOf(Ruling.PlanOnly.class);
  }

  @Test
  void approveWaitsForEachLevel() {
    var approve = respond(Mode.APPROVE, 3, new Limits(3, 1));
    answered(incident, 1, false, false);
    assertThat(rule(ActionKind.DIAGNOSE, approve)).isInstanceOf(Go.class);
    assertThat(rule(ActionKind.ISOLATE, approve))
        .isInstanceOfSatisfying(
            Hold.class, hold -> assertThat(hold.reason()).startsWith("level 2"));
    answered(incident, 2, false, false);
    assertThat(rule(ActionKind.ISOLATE, approve)).isInstanceOf(Go.class);
    assertThat(rule(ActionKind.ADD_REPLICAS, approve)).isInstanceOf(Hold.class);
  }

  /** Who approves judges what the incident shows at that moment. */
  @Test
  void anApprovalHoldsForADayUnlessThePolicySaysOtherwise() {
    var approve = respond(Mode.APPROVE, 3, new Limits(3, 1));
    answered(incident, 2, false, false);
    var dayLater = NOON.plus(Duration.ofHours(24));
    assertThat(people(approve, dayLater.minusSeconds(1))).isInstanceOf(Go.class);
    assertThat(people(approve, dayLater))
        .isEqualTo(
            new Hold(
                Ruling.Cause.APPROVAL,
                "level 2: the approval of 2026-07-01T12:00:00Z held for 24h"
                    + " (respond.approvalTtl); to approve again set spec.response.approvedLevel to"
                    + " 0 and then to 2",
                Duration.ofMinutes(1)));
    assertThat(people(approvedFor("1h", approve), NOON.plus(Duration.ofHours(1))))
        .isInstanceOf(Hold.class);
  }

  @Test
  void anApprovalOfWhichNobodyKnowsTheTimeIsNone() {
    answered(incident, 3, false, false).getMetadata().setManagedFields(List.of());

    assertThat(people(respond(Mode.APPROVE, 3, new Limits(3, 1)), NOON))
        .isInstanceOfSatisfying(
            Hold.class, hold -> assertThat(hold.reason()).contains("has no time of the approval"));
  }

  @Test
  void suspendStopsEveryLevel() {
    answered(incident, 3, true, false);
    assertThat(rule(ActionKind.DIAGNOSE, ENFORCE)).isInstanceOf(Hold.class);
  }

  @Test
  void afterAnIncidentOfTheSameWorkloadTheNextOneWaits() {
    var before = incident("leak-0", "w1");
    before.setStatus(status(List.of(), NOON.minus(Duration.ofMinutes(29)).toString()));
    assertThat(rule(ActionKind.DIAGNOSE, ENFORCE, before))
        .isInstanceOfSatisfying(
            Hold.class, hold -> assertThat(hold.reason()).contains("2026-07-01T12:01:00Z"));
    before.setStatus(status(List.of(), NOON.minus(Duration.ofMinutes(30)).toString()));
    assertThat(rule(ActionKind.DIAGNOSE, ENFORCE, before)).isInstanceOf(Go.class);
    var elsewhere = incident("leak-0", "w2");
    elsewhere.setStatus(status(List.of(), NOON.toString()));
    assertThat(rule(ActionKind.DIAGNOSE, ENFORCE, elsewhere)).isInstanceOf(Go.class);
  }

  @Test
  void theBudgetCountsWhatWasDoneForThePolicyWithinTheHour() {
    var other = incident("leak-0", "w2");
    other.setStatus(
        status(
            List.of(
                ago("Diagnose", State.DONE, 1),
                ago("Isolate", State.UNDONE, 59),
                ago("PatchEnvironment", State.INTENDED, 120),
                ago("AddReplicas", State.REFUSED, 20),
                ago("AddReplicas", State.FAILED, 10)),
            null));
    assertThat(rule(ActionKind.ADD_REPLICAS, ENFORCE, other))
        .isInstanceOfSatisfying(
            Hold.class,
            hold -> {
              assertThat(hold.reason()).contains("3 of 3").contains("2026-07-01T12:01:00Z");
              assertThat(hold.after()).isEqualTo(Duration.ofSeconds(61));
            });
    assertThat(rule(ActionKind.DIAGNOSE, ENFORCE, other)).isInstanceOf(Go.class);
    other.setStatus(status(List.of(ago("Isolate", State.UNDONE, 60)), null));
    assertThat(rule(ActionKind.ADD_REPLICAS, respond(Mode.ENFORCE, 3, new Limits(1, 1)), other))
        .isInstanceOf(Go.class);
  }

  @Test
  void anActionOfADeletedIncidentStillCountsAndNoneCountsTwice() {
    var kept = incident("leak-0", "w2");
    kept.setStatus(status(List.of(ago("Isolate", State.DONE, 20)), null));
    remembered =
        List.of(
            new SpentAction(kept.getMetadata().getUid(), "Isolate", minutesAgo(20)),
            new SpentAction("uid-of-deleted", "Isolate", minutesAgo(30)),
            new SpentAction("uid-of-deleted", "PatchEnvironment", minutesAgo(61)));

    assertThat(rule(ActionKind.ADD_REPLICAS, respond(Mode.ENFORCE, 3, new Limits(2, 1)), kept))
        .isInstanceOfSatisfying(Hold.class, hold -> assertThat(hold.reason()).contains("2 of 2"));
    assertThat(rule(ActionKind.ADD_REPLICAS, respond(Mode.ENFORCE, 3, new Limits(3, 1)), kept))
        .isInstanceOf(Go.class);
  }

  @Test
  void onlySoManyPodsOfAPolicyAreIsolatedAtOnce() {
    var other = incident("leak-0", "w2");
    other.setStatus(status(List.of(ago("Isolate", State.DONE, 90)), null));
    assertThat(rule(ActionKind.ISOLATE, ENFORCE, other))
        .isInstanceOfSatisfying(
            Hold.class, hold -> assertThat(hold.reason()).startsWith("ConcurrentIsolations"));
    other.setStatus(status(List.of(ago("Isolate", State.UNDONE, 90)), null));
    assertThat(rule(ActionKind.ISOLATE, ENFORCE, other)).isInstanceOf(Go.class);
  }

  @ParameterizedTest
  @EnumSource(names = {"ISOLATE", "PATCH_ENVIRONMENT", "ADD_REPLICAS"})
  void nothingIsChangedForALeakThatIsNotSeenAnyMore(ActionKind kind) {
    seen(incident, "Confirmed", NOON.minus(Duration.ofMinutes(15)));
    assertThat(rule(kind, ENFORCE)).isInstanceOf(Go.class);
    seen(incident, "Confirmed", NOON.minus(Duration.ofMinutes(16)));
    assertThat(rule(kind, ENFORCE))
        .isInstanceOfSatisfying(
            Hold.class,
            hold ->
                assertThat(hold.reason())
                    .startsWith("the leak was last seen at 2026-07-01T11:44:00Z"));
  }

  @Test
  void nothingIsChangedForALeakThatIsOnlySuspectedNow() {
    seen(incident, "Suspected", NOON);
    assertThat(rule(ActionKind.ISOLATE, ENFORCE))
        .isInstanceOfSatisfying(
            Hold.class, hold -> assertThat(hold.reason()).contains("only suspected now"));
  }

  @Test
  void othersMayOnlyBeSuspectedOnceThePodThatConfirmedItIsIsolated() {
    incident.setStatus(status(List.of(ago("Isolate", State.DONE, 5)), null));
    seen(incident, "Suspected", NOON);
    assertThat(rule(ActionKind.PATCH_ENVIRONMENT, ENFORCE)).isInstanceOf(Go.class);

    seen(incident, "Suspected", NOON.minus(Duration.ofHours(1)));
    assertThat(rule(ActionKind.PATCH_ENVIRONMENT, ENFORCE)).isInstanceOf(Hold.class);
  }

  @Test
  void evidenceIsStillTakenOfALeakThatIsNotSeenAnyMore() {
    seen(incident, "Suspected", NOON.minus(Duration.ofHours(1)));
    assertThat(rule(ActionKind.DIAGNOSE, ENFORCE)).isInstanceOf(Go.class);
  }

  private Ruling people(Respond respond, Instant now) {
    return Guards.people(ActionKind.ISOLATE, incident, respond, now);
  }

  private static Respond approvedFor(String time, Respond respond) {
    return new Respond(
        respond.mode(),
        respond.maxLevel(),
        respond.diagnose(),
        respond.isolate(),
        respond.intervene(),
        respond.limits(),
        respond.cooldown(),
        respond.maintenanceWindows(),
        time);
  }

  private Ruling rule(ActionKind kind, Respond respond, LeakIncident... others) {
    var all = new java.util.ArrayList<>(List.of(others));
    all.add(incident);
    var policy = policy(respond);
    policy.setStatus(
        new MemoryPolicyStatus(null, 0, 0, 0, 0, 0, List.of(), List.of(), null, remembered, null));
    return Guards.rule(kind, incident, policy, all, NOON);
  }

  private static String minutesAgo(long minutes) {
    return NOON.minus(Duration.ofMinutes(minutes)).toString();
  }

  private static Step ago(String action, State state, long minutes) {
    Instant at = NOON.minus(Duration.ofMinutes(minutes));
    return step(action, 3, state, at);
  }
}

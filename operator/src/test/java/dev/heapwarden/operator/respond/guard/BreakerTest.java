package dev.heapwarden.operator.respond.guard;

import static dev.heapwarden.operator.respond.Fixtures.NOON;
import static dev.heapwarden.operator.respond.Fixtures.incident;
import static dev.heapwarden.operator.respond.Fixtures.policy;
import static dev.heapwarden.operator.respond.Fixtures.remembering;
import static dev.heapwarden.operator.respond.Fixtures.respond;
import static dev.heapwarden.operator.respond.Fixtures.rolledBack;
import static dev.heapwarden.operator.respond.Fixtures.status;
import static dev.heapwarden.operator.respond.Fixtures.step;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heapwarden.crds.Api;
import dev.heapwarden.crds.incident.LeakIncident;
import dev.heapwarden.crds.incident.Phase;
import dev.heapwarden.crds.incident.Step;
import dev.heapwarden.crds.incident.Step.State;
import dev.heapwarden.crds.incident.Step.UndoCause;
import dev.heapwarden.crds.policy.Limits;
import dev.heapwarden.crds.policy.MemoryPolicy;
import dev.heapwarden.crds.policy.MemoryPolicyStatus.UnhelpfulResponse;
import dev.heapwarden.crds.policy.Mode;
import dev.heapwarden.operator.respond.journal.Steps;
import dev.heapwarden.operator.respond.journal.UndoReason;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The policy lets three responses within a day not help. */
class BreakerTest {
  private final MemoryPolicy policy = policy(respond(Mode.ENFORCE, 3, new Limits(3, 1)));
  private final List<LeakIncident> incidents = new ArrayList<>();

  @Test
  void opensAfterThreeWithinADayAndSaysHowToCloseIt() {
    didNotHelp("leak-1", 23);
    didNotHelp("leak-2", 2);
    assertThat(whyOpen(NOON)).isEmpty();
    didNotHelp("leak-3", 1);

    assertThat(whyOpen(NOON))
        .contains(
            "3 responses within 24h changed the workload and did not help (leak-1, leak-2, leak-3);"
                + " nothing more is changed until a person closes the circuit breaker: kubectl -n"
                + " shop annotate memorypolicy checkout --overwrite"
                + " heapwarden.dev/breaker-closed-at=$(date -u +%FT%TZ)");
  }

  @Test
  void threeThatAreFartherApartOpenNothing() {
    didNotHelp("leak-1", 25);
    didNotHelp("leak-2", 2);
    didNotHelp("leak-3", 0);

    assertThat(whyOpen(NOON)).isEmpty();
  }

  @Test
  void noTimeClosesIt() {
    threeDidNotHelp();

    assertThat(whyOpen(NOON.plus(Duration.ofDays(20)))).isPresent();
  }

  @Test
  void aPersonClosesItAndItOpensAgainForWhatComesAfter() {
    threeDidNotHelp();
    closeAt(NOON.toString());
    assertThat(whyOpen(NOON.plusSeconds(1))).isEmpty();

    didNotHelp("leak-4", -1);
    didNotHelp("leak-5", -2);
    didNotHelp("leak-6", -3);
    assertThat(whyOpen(NOON.plus(Duration.ofHours(3))).orElse(""))
        .contains("leak-4, leak-5, leak-6");
  }

  @ParameterizedTest
  @ValueSource(strings = {"yes", "2026-07-01T14:00:00Z"})
  void whatIsNoTimeOrStillToComeDoesNotCloseItAndIsSaid(String annotation) {
    threeDidNotHelp();
    closeAt(annotation);

    assertThat(whyOpen(NOON).orElse(""))
        .contains("; what it is set to does not close it: '" + annotation + "'");
  }

  @Test
  void deletingIncidentsDoesNotCloseItAndNoneCountsTwice() {
    didNotHelp("leak-1", 3);
    var uid = incidents.getFirst().getMetadata().getUid();
    remembering(policy, List.of(remembered(uid, 3), remembered("uid-of-deleted", 2)));
    assertThat(whyOpen(NOON)).isEmpty();

    didNotHelp("leak-2", 1);
    assertThat(whyOpen(NOON)).isPresent();
  }

  @Test
  void whatAnotherPolicyDidDoesNotCount() {
    var other = policy(respond(Mode.ENFORCE, 3, new Limits(3, 1)));
    other.getMetadata().setName("stock");
    threeDidNotHelp();

    assertThat(Breaker.whyOpen(other, incidents, NOON)).isEmpty();
  }

  @Test
  void onlyTheLastOnesAreRemembered() {
    for (int i = 0; i < 30; i++) {
      remembering(policy, Breaker.with(policy, remembered("uid-" + i, 30 - i)));
    }
    remembering(policy, Breaker.with(policy, remembered("uid-29", 0)));

    assertThat(policy.getStatus().unhelpfulResponses())
        .hasSize(Limits.REMEMBERED)
        .extracting(UnhelpfulResponse::incident)
        .doesNotHaveDuplicates()
        .startsWith("uid-10")
        .endsWith("uid-29");
  }

  @ParameterizedTest
  @EnumSource
  void anUndoSpeaksAgainstAResponseWhereItFailedDidNotHelpOrWasAskedFor(UndoCause cause) {
    var undone =
        Steps.settled(
            Steps.undoing(patched(State.DONE), new UndoReason(cause, "because")),
            State.UNDONE,
            "because",
            NOON);
    assertThat(Breaker.didNotHelp(Phase.ROLLED_BACK, rolledBack(List.of(undone), NOON)))
        .isEqualTo(
            switch (cause) {
              case ASKED, FAILED, DID_NOT_HELP -> true;
              case EXPIRED, POLICY_DELETED, INCIDENT_DELETED, UNINSTALLED, ENDED -> false;
            });
  }

  @Test
  void anInterventionOfWhichNothingCanBeToldDidNotHelp() {
    assertThat(needsHuman(patched(State.DONE))).isTrue();
    assertThat(needsHuman(patched(State.REFUSED))).isFalse();
    assertThat(Breaker.didNotHelp(Phase.MITIGATED, status(List.of(patched(State.DONE)), null)))
        .isFalse();
  }

  /** It is there for a person to look at. */
  @Test
  void anIsolationAloneIsAsItShouldBe() {
    assertThat(needsHuman(step("Isolate", 2, State.DONE, NOON))).isFalse();
  }

  private static boolean needsHuman(Step step) {
    return Breaker.didNotHelp(Phase.NEEDS_HUMAN, status(List.of(step), NOON.toString()));
  }

  private Optional<String> whyOpen(Instant now) {
    return Breaker.whyOpen(policy, incidents, now);
  }

  private void threeDidNotHelp() {
    didNotHelp("leak-1", 3);
    didNotHelp("leak-2", 2);
    didNotHelp("leak-3", 1);
  }

  private void didNotHelp(String name, long hoursAgo) {
    var incident = incident(name, "w-of-" + name);
    incident.setStatus(
        status(List.of(patched(State.DONE)), NOON.minus(Duration.ofHours(hoursAgo)).toString()));
    incidents.add(incident);
  }

  private void closeAt(String time) {
    policy.getMetadata().setAnnotations(Map.of(Api.BREAKER_ANNOTATION, time));
  }

  private static UnhelpfulResponse remembered(String uid, long hoursAgo) {
    return new UnhelpfulResponse(
        uid, "of-" + uid, NOON.minus(Duration.ofHours(hoursAgo)).toString());
  }

  private static Step patched(State state) {
    return step("PatchEnvironment", 3, state, NOON);
  }
}

package dev.heapwarden.operator.respond.guard;

import static dev.heapwarden.operator.respond.Fixtures.NOON;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heapwarden.crds.incident.LeakIncident;
import dev.heapwarden.crds.incident.LeakIncidentSpec;
import dev.heapwarden.crds.incident.Step;
import dev.heapwarden.crds.incident.Step.State;
import dev.heapwarden.crds.incident.Step.UndoCause;
import dev.heapwarden.operator.respond.Fixtures;
import dev.heapwarden.operator.respond.journal.ActionKind;
import dev.heapwarden.operator.respond.journal.Steps;
import dev.heapwarden.operator.respond.journal.UndoReason;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PrecedentTest {
  /** It did harm, and is still there: more of it would do more. */
  @Test
  void whatFailedAndCouldNotEvenBeTakenBackIsNotDoneAgain() {
    var raised = intended(ActionKind.RESIZE_MEMORY);
    var undoing =
        Steps.undoing(Steps.acted(raised, NOON, NOON), UndoReason.failed("it did not help"));
    var left =
        Steps.settled(
            Steps.notUndone(undoing, "it does not fit"),
            State.FAILED,
            undoing.message() + "; it does not fit",
            NOON);

    assertThat(against(ActionKind.RESIZE_MEMORY, left))
        .contains(
            "NotRepeated: the same change was to be rolled back in leak-1: failed: it did not help;"
                + " it does not fit");
  }

  @Test
  void whatWasNeverDoneSaysNothing() {
    var denied =
        Steps.settled(
            intended(ActionKind.PATCH_ENVIRONMENT), State.FAILED, "Denied: a webhook", NOON);

    assertThat(against(ActionKind.PATCH_ENVIRONMENT, denied)).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void whyItWasUndoneIsReadFromItsCauseWhateverItsMessageSays(UndoCause cause) {
    assertThat(
            against(ActionKind.PATCH_ENVIRONMENT, undone(new UndoReason(cause, "told to people"))))
        .isEqualTo(
            switch (cause) {
              case EXPIRED, POLICY_DELETED, UNINSTALLED -> Optional.empty();
              case ASKED, INCIDENT_DELETED, ENDED, FAILED, DID_NOT_HELP ->
                  Optional.of(
                      "NotRepeated: the same change was rolled back in leak-1: told to people");
            });
  }

  private static Step undone(UndoReason why) {
    var done = Steps.acted(intended(ActionKind.PATCH_ENVIRONMENT), NOON, NOON);
    return Steps.settled(Steps.undoing(done, why), State.UNDONE, why.text(), NOON);
  }

  private static Optional<String> against(ActionKind kind, Step before) {
    var first = episode(1);
    first.setStatus(
        before.state() == State.UNDONE
            ? Fixtures.rolledBack(List.of(before), NOON)
            : Fixtures.status(List.of(before), NOON.toString()));
    var second = episode(2);
    return Precedent.against(kind, "patch", second, List.of(first, second));
  }

  private static Step intended(ActionKind kind) {
    return new Step(
        kind.text(), 3, State.INTENDED, "it", null, "patch", Map.of(), NOON.toString(), null, null);
  }

  private static LeakIncident episode(int number) {
    var incident = Fixtures.incident("leak-" + number, "w1");
    var target = incident.getSpec().target();
    incident.setSpec(
        new LeakIncidentSpec(
            new LeakIncidentSpec.Target(
                target.kind(),
                target.name(),
                target.uid(),
                target.container(),
                target.policy(),
                number),
            LeakIncidentSpec.Response.none()));
    return incident;
  }
}

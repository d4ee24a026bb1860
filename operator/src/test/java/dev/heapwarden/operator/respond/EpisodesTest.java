package dev.heapwarden.operator.respond;

import static dev.heapwarden.operator.respond.Fixtures.NOON;
import static dev.heapwarden.operator.respond.Fixtures.answered;
import static dev.heapwarden.operator.respond.Fixtures.policy;
import static dev.heapwarden.operator.respond.Fixtures.respond;
import static dev.heapwarden.operator.respond.Fixtures.step;
import static dev.heapwarden.operator.respond.Rehearsal.actions;
import static dev.heapwarden.operator.respond.Rehearsal.episode;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heapwarden.crds.Api;
import dev.heapwarden.crds.incident.Step;
import dev.heapwarden.crds.incident.Step.State;
import dev.heapwarden.crds.incident.Step.UndoCause;
import dev.heapwarden.crds.policy.Limits;
import dev.heapwarden.crds.policy.Mode;
import dev.heapwarden.operator.respond.journal.ActionKind;
import dev.heapwarden.operator.respond.journal.Steps;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What one episode of a leak tells the next. */
class EpisodesTest {
  private final Rehearsal rehearsal = new Rehearsal();
  private final World world = rehearsal.world;

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
    var second = rehearsal.respondTo(episode("leak-2", 2));
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
    assertThat(actions(rehearsal.respondTo(episode("leak-3", 3))))
        .contains("PatchEnvironment=SUGGESTED");
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

    assertThat(actions(rehearsal.respondTo(episode("leak-3", 3))))
        .contains("PatchEnvironment=SUGGESTED", "AddReplicas=DONE");
  }

  @Test
  void anotherChangeOrOneThatHelpedIsMadeTheNextTime() {
    var before = episode("leak-1", 1);
    before.setStatus(
        Fixtures.status(
            List.of(patched(State.UNDONE, "its time to live is over")),
            NOON.minus(Duration.ofHours(1)).toString()));
    world.put(before);
    assertThat(actions(rehearsal.respondTo(episode("leak-2", 2))))
        .contains("PatchEnvironment=DONE");
  }

  @Test
  void aPolicyThatIsMadeAnewMayDoWhatItsDeletionUndid() {
    var before = episode("leak-1", 1);
    before.setStatus(
        Fixtures.rolledBack(
            List.of(patched(State.UNDONE, "the MemoryPolicy was deleted; it is gone")),
            NOON.minus(Duration.ofHours(1))));
    world.put(before);
    assertThat(actions(rehearsal.respondTo(episode("leak-2", 2))))
        .contains("PatchEnvironment=DONE");
  }

  @Test
  void afterAReinstallationWhatTheUninstallationUndidIsDoneAgain() {
    var enforce = policy(respond(Mode.ENFORCE, 3, new Limits(10, 5)));
    rehearsal.run(enforce, Duration.ofMinutes(2));
    var uninstalled = answered(world.get("leak-1"), 0, false, true);
    uninstalled.getMetadata().setAnnotations(Map.of(Api.UNINSTALL_ANNOTATION, "true"));
    world.put(uninstalled);
    var status = rehearsal.run(enforce, Duration.ofMinutes(2));
    assertThat(Steps.newest(status, ActionKind.PATCH_ENVIRONMENT).orElseThrow().undoCause())
        .isEqualTo(UndoCause.UNINSTALLED);

    world.now = world.now.plus(Duration.ofHours(3));
    assertThat(actions(rehearsal.respondTo(episode("leak-2", 2))))
        .contains("PatchEnvironment=DONE");
  }

  @Test
  void whatAPersonUndidIsOnlySuggestedTheNextTime() {
    var enforce = policy(respond(Mode.ENFORCE, 3, new Limits(10, 5)));
    rehearsal.run(enforce, Duration.ofMinutes(2));
    world.put(answered(world.get("leak-1"), 0, false, true));
    var status = rehearsal.run(enforce, Duration.ofMinutes(2));
    assertThat(Steps.newest(status, ActionKind.PATCH_ENVIRONMENT).orElseThrow().undoCause())
        .isEqualTo(UndoCause.ASKED);

    world.now = world.now.plus(Duration.ofHours(3));
    assertThat(actions(rehearsal.respondTo(episode("leak-2", 2))))
        .contains("PatchEnvironment=SUGGESTED");
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
}

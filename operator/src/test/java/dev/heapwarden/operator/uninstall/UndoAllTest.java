package dev.heapwarden.operator.uninstall;

import static dev.heapwarden.operator.respond.Fixtures.NOON;
import static dev.heapwarden.operator.respond.Fixtures.answered;
import static dev.heapwarden.operator.respond.Fixtures.incident;
import static dev.heapwarden.operator.respond.Fixtures.policy;
import static dev.heapwarden.operator.respond.Fixtures.respond;
import static dev.heapwarden.operator.respond.Fixtures.status;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heapwarden.crds.incident.LeakIncident;
import dev.heapwarden.crds.incident.Step;
import dev.heapwarden.crds.policy.Limits;
import dev.heapwarden.crds.policy.MemoryPolicy;
import dev.heapwarden.crds.policy.Mode;
import dev.heapwarden.operator.respond.journal.Journal;
import dev.heapwarden.operator.respond.journal.Steps;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class UndoAllTest {
  private static final Duration MINUTE = Duration.ofMinutes(1);

  private final List<LeakIncident> there = new ArrayList<>();
  private final List<MemoryPolicy> policies = new ArrayList<>();
  private final List<String> asked = new ArrayList<>();
  private List<String> remains = List.of();
  private Instant now = NOON;
  private Runnable whilePaused = () -> {};

  @Test
  void whereNothingWasDoneNothingIsAskedFor() throws InterruptedException {
    there.add(ended("leak-1"));
    there.add(ended("leak-2"));
    assertThat(undoAll()).isEmpty();
    assertThat(asked).isEmpty();
    assertThat(now).isEqualTo(NOON);
  }

  @Test
  void anInterventionThatOutlivesItsIncidentIsUndoneToo() throws InterruptedException {
    var mitigated = ended("leak-1");
    mitigated.addFinalizer(Journal.FINALIZER);
    there.add(mitigated);
    whilePaused = () -> mitigated.removeFinalizer(Journal.FINALIZER);
    assertThat(undoAll()).isEmpty();
    assertThat(asked).containsExactly("leak-1");
  }

  @Test
  void anIncidentThatIsOpenedMeanwhileIsEndedToo() throws InterruptedException {
    var first = open("leak-1");
    var second = open("leak-2");
    there.add(first);
    whilePaused =
        () -> {
          if (!there.contains(second)) {
            there.add(second);
          }
          there.stream()
              .filter(incident -> asked.contains(incident.getMetadata().getName()))
              .forEach(incident -> incident.setStatus(status(List.of(), now.toString())));
        };
    assertThat(undoAll()).isEmpty();
    assertThat(asked).containsExactly("leak-1", "leak-2");
  }

  @Test
  void whatHoldsWhenTheTimeIsOverIsNamed() throws InterruptedException {
    var stuck = ended("leak-1");
    stuck.addFinalizer(Journal.FINALIZER);
    there.add(stuck);
    there.add(ended("leak-2"));
    assertThat(undoAll()).singleElement().asString().contains("/leak-1 (NeedsHuman)");
    assertThat(asked).containsExactly("leak-1");
    assertThat(now).isEqualTo(NOON.plus(MINUTE));
  }

  @Test
  void whatCouldNotBeUndoneAsAskedIsNamedAndNothingIsCalledUndone() throws InterruptedException {
    var open = open("leak-1");
    there.add(open);
    whilePaused = () -> open.setStatus(status(List.of(notUndone()), now.toString()));
    assertThat(undoAll())
        .containsExactly(
            "shop/leak-1: ResizeMemory of deployment/checkout could not be undone: it does not"
                + " fit");
    assertThat(now).as("nothing is waited for").isEqualTo(NOON.plusSeconds(1));
  }

  @Test
  void whatCouldNotBeUndoneLongAgoIsNamedAndHoldsNothingUp() throws InterruptedException {
    var ended = ended("leak-1");
    ended.setStatus(status(List.of(notUndone()), NOON.toString()));
    there.add(ended);
    assertThat(undoAll()).isEmpty();
    assertThat(remains).singleElement().asString().contains("it does not fit");
  }

  @Test
  void aPolicyIsLetGoBeforeTheOperatorIsEnded() throws InterruptedException {
    var held = policy(respond(Mode.ENFORCE, 3, new Limits(3, 1)));
    held.addFinalizer(Journal.FINALIZER);
    policies.add(held);
    whilePaused = () -> held.removeFinalizer(Journal.FINALIZER);
    assertThat(undoAll()).isEmpty();
    assertThat(now).isEqualTo(NOON.plusSeconds(1));
  }

  @Test
  void aPolicyThatNobodyLetsGoIsNamed() throws InterruptedException {
    var held = policy(respond(Mode.ENFORCE, 3, new Limits(3, 1)));
    held.addFinalizer(Journal.FINALIZER);
    policies.add(held);
    assertThat(undoAll())
        .containsExactly(
            "shop/checkout (MemoryPolicy): the operator has not removed its finalizer"
                + " heapwarden.dev/undo");
    assertThat(now).isEqualTo(NOON.plus(MINUTE));
  }

  private static Step notUndone() {
    return Steps.notUndone(
        new Step(
            "ResizeMemory",
            3,
            Step.State.FAILED,
            "deployment/checkout",
            null,
            null,
            Map.of(),
            NOON.toString(),
            NOON.toString(),
            null),
        "it does not fit");
  }

  private List<String> undoAll() throws InterruptedException {
    var incidents =
        new UndoAll.Incidents() {
          @Override
          public List<LeakIncident> list() {
            return List.copyOf(there);
          }

          @Override
          public List<MemoryPolicy> policies() {
            return List.copyOf(policies);
          }

          @Override
          public void askUndo(LeakIncident incident) {
            asked.add(incident.getMetadata().getName());
            answered(incident, 0, false, true);
          }
        };
    var outcome =
        new UndoAll(
                incidents,
                () -> now,
                () -> {
                  now = now.plusSeconds(1);
                  whilePaused.run();
                })
            .within(MINUTE);
    remains = outcome.remains();
    return outcome.holding();
  }

  private static LeakIncident open(String name) {
    return incident(name, "w-" + name);
  }

  private static LeakIncident ended(String name) {
    var incident = incident(name, "w-" + name);
    incident.setStatus(status(List.of(), NOON.toString()));
    return incident;
  }
}

package dev.heapwarden.operator.respond;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heapwarden.crds.incident.LeakIncident;
import dev.heapwarden.crds.incident.Step;
import dev.heapwarden.crds.incident.Step.State;
import dev.heapwarden.crds.policy.Mode;
import dev.heapwarden.detection.verdict.Cause;
import dev.heapwarden.operator.respond.action.Acted;
import dev.heapwarden.operator.respond.action.Action;
import dev.heapwarden.operator.respond.action.Plan;
import dev.heapwarden.operator.respond.action.Seen;
import dev.heapwarden.operator.respond.action.Situation;
import dev.heapwarden.operator.respond.journal.ActionKind;
import dev.heapwarden.operator.respond.journal.Journal;
import dev.heapwarden.operator.respond.journal.Steps;
import io.fabric8.kubernetes.api.model.StatusBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/** One that is refused, fails, takes long or dies half-way, by chance. */
record ChancyAction(World world, ActionKind kind) implements Action {
  @Override
  public boolean isAsked(Situation situation) {
    return !world.unasked.contains(kind);
  }

  @Override
  public Plan plan(Situation situation) {
    if (world.chance(0.05)) {
      return new Plan.Refuse("it", "no");
    }
    if (world.chance(0.05)) {
      return new Plan.Suggest("it", "owned", "patch");
    }
    var untimely = world.untimely.get(kind);
    return untimely != null || world.chance(0.2)
        ? new Plan.NotNow("it", untimely == null ? "disruption" : untimely)
        : new Plan.Do("it", "do it", "patch", Map.of());
  }

  @Override
  public boolean isActed(Situation situation, Step step) {
    return world.effects.contains(key(situation.incident()));
  }

  @Override
  public Acted act(Situation situation, Step step) {
    var incident = situation.incident();
    var intent = Steps.newest(world.written(incident), kind).orElseThrow();
    assertThat(intent.state()).as("intent is written before the act").isEqualTo(State.INTENDED);
    if (world.denied.contains(kind)) {
      throw new KubernetesClientException("no", 422, null);
    }
    if (kind.changesWorkload()) {
      assertPeopleLetIt(situation);
      assertThat(Steps.newest(world.written(incident), ActionKind.DIAGNOSE))
          .as("evidence before any change")
          .hasValueSatisfying(evidence -> assertThat(evidence.state()).isEqualTo(State.DONE));
      assertThat(world.get(situation.name()).hasFinalizer(Journal.FINALIZER))
          .as("held before any change")
          .isTrue();
      assertThat(world.holdsPolicy()).as("its policy is held before any change").isTrue();
      var finding = java.util.Objects.requireNonNull(situation.status().finding());
      assertThat(finding.verdict())
          .as("the leak is seen")
          .isIn("Confirmed", mayShowLess(situation) ? "Suspected" : "Confirmed");
      assertThat(Instant.parse(finding.at()))
          .as("the leak was seen lately")
          .isAfterOrEqualTo(world.now.minus(Duration.ofMinutes(15)));
    }
    var done = world.effects.contains(key(incident));
    if (!done && world.chance(0.1)) {
      return new Acted.Again("conflict");
    }
    if (!done && world.chance(0.03)) {
      return new Acted.No("gone");
    }
    if (kind.changesWorkload() && world.effects.add(key(incident))) {
      world.deeds.add(new World.Deed(situation.name(), kind, world.now));
    }
    if (world.deadly.remove(kind)) {
      throw new World.Death();
    }
    world.perhapsDie();
    return new Acted.Yes();
  }

  /** Without the pod that showed most the others may show less. */
  private boolean mayShowLess(Situation situation) {
    return kind == ActionKind.RESTART || isIsolated(situation);
  }

  private static boolean isIsolated(Situation situation) {
    return Steps.newest(situation.status(), ActionKind.ISOLATE)
        .filter(step -> step.state() == State.DONE)
        .isPresent();
  }

  private void assertPeopleLetIt(Situation situation) {
    var answer = situation.incident().getSpec().response();
    var respond = situation.respond();
    assertThat(answer.suspend()).as("nobody suspended it").isFalse();
    assertThat(kind.level())
        .as("as far as the policy goes")
        .isLessThanOrEqualTo(respond.maxLevel());
    assertThat(respond.mode()).as("the mode lets it").isIn(Mode.ENFORCE, Mode.APPROVE);
    if (respond.mode() == Mode.APPROVE) {
      assertThat(answer.approvedLevel()).as("approved").isGreaterThanOrEqualTo(kind.level());
      assertThat(Duration.between(Fixtures.answeredAt(situation.incident()), world.now))
          .as("approved lately")
          .isLessThan(Duration.ofHours(24));
    }
  }

  @Override
  public Seen look(Situation situation, Step step) {
    if (world.chance(0.4) || world.unfinished.contains(kind)) {
      return new Seen.NotYet("it takes time", Optional.ofNullable(world.asked.get(kind)));
    }
    var why = world.broken.get(kind);
    if (why != null) {
      return new Seen.Failed(why);
    }
    if (world.chance(0.1)) {
      return new Seen.Failed("it broke");
    }
    if (!kind.lasts()) {
      world.effects.remove(key(situation.incident()));
    }
    return new Seen.Done("it is there", Optional.of(new Seen.Culprit(Cause.MAP_GROWTH, "main.f")));
  }

  @Override
  public Seen undo(LeakIncident incident, Step step, Instant now) {
    var intent = Steps.newest(world.written(incident), kind).orElseThrow();
    assertThat(intent.state()).as("undo is written before").isEqualTo(State.UNDOING);
    if (world.denied.contains(kind)) {
      var words = new StatusBuilder().withMessage("deployments is forbidden").build();
      throw new KubernetesClientException("no", 403, words);
    }
    if (world.chance(0.3)) {
      return new Seen.NotYet("it takes time");
    }
    var why = world.stuck.get(kind);
    if (why != null) {
      return new Seen.Failed(why);
    }
    if (world.effects.remove(key(incident))) {
      world.undone.add(kind);
    }
    world.perhapsDie();
    return new Seen.Done("it is gone");
  }

  @Override
  public Duration patience(Situation situation) {
    return Duration.ofMinutes(5);
  }

  @Override
  public Optional<Duration> timeToLive(Situation situation) {
    return kind.lasts() ? Optional.of(Duration.ofHours(2)) : Optional.empty();
  }

  private String key(LeakIncident incident) {
    return incident.getMetadata().getName() + "/" + kind;
  }
}

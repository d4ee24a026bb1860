package dev.heapwarden.operator.respond;

import static dev.heapwarden.operator.respond.Fixtures.answered;
import static dev.heapwarden.operator.respond.Fixtures.incident;
import static dev.heapwarden.operator.respond.Fixtures.policy;
import static dev.heapwarden.operator.respond.Fixtures.respond;
import static dev.heapwarden.operator.respond.Fixtures.step;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heapwarden.crds.incident.Phase;
import dev.heapwarden.crds.incident.Step.State;
import dev.heapwarden.crds.policy.Limits;
import dev.heapwarden.crds.policy.MemoryPolicy;
import dev.heapwarden.crds.policy.Mode;
import dev.heapwarden.operator.respond.journal.Journal;
import dev.heapwarden.operator.respond.journal.PolicyHold;
import dev.heapwarden.operator.respond.journal.Steps;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A world in which everything goes wrong at random. */
class WildResponseTest {
  @ParameterizedTest
  @MethodSource("seeds")
  void whateverHappensNoRuleIsBroken(long seed) {
    var wild = new World(seed);
    wild.put(incident("leak-1", "w1"));
    wild.put(incident("leak-2", "w2"));
    wild.unasked.clear();
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
    new PolicyHold(wild)
        .mend(wild.policy("shop", "checkout").orElseThrow(), wild.inNamespace("shop").stream());
    assertThat(wild.holdsPolicy()).as("nothing keeps the policy").isFalse();
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
        assertThat(wild.holdsPolicy()).isTrue();
      }
    }
  }

  /** A new operator each time: nothing is remembered but what is written. */
  static void once(
      World wild, String name, @org.jspecify.annotations.Nullable MemoryPolicy policy) {
    try {
      Rehearsal.response(wild).advance(wild.get(name), Optional.ofNullable(policy));
    } catch (World.Death e) {
      assertThat(wild.calm).as("it died: " + e).isFalse();
    }
  }
}

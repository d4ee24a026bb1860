package dev.heapwarden.operator.respond;

import static dev.heapwarden.operator.respond.Fixtures.answered;
import static dev.heapwarden.operator.respond.Fixtures.incident;
import static dev.heapwarden.operator.respond.Fixtures.policy;
import static dev.heapwarden.operator.respond.Fixtures.remembering;
import static dev.heapwarden.operator.respond.Fixtures.respond;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heapwarden.crds.Api;
import dev.heapwarden.crds.incident.LeakIncident;
import dev.heapwarden.crds.incident.Phase;
import dev.heapwarden.crds.policy.Limits;
import dev.heapwarden.crds.policy.MemoryPolicy;
import dev.heapwarden.crds.policy.Mode;
import dev.heapwarden.operator.respond.guard.Breaker;
import dev.heapwarden.operator.respond.guard.Quota;
import dev.heapwarden.operator.respond.guard.Quotas;
import dev.heapwarden.operator.respond.journal.ActionKind;
import dev.heapwarden.operator.respond.journal.PolicyHold;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Leaks come and go while people change their minds, time leaps and the operator dies: whatever the
 * order, what the guards promise holds. {@link ChancyAction} looks at each act, this at all of
 * them.
 */
class WildAnswersTest {
  private static final List<Mode> MODES = List.of(Mode.values());

  private static final int ROUNDS = 400;

  private Random random = new Random(0);
  private World world = new World(0);
  private MemoryPolicy policy = new MemoryPolicy();
  private Limits limits = new Limits(1, 1);
  private Quota quota = new Quota(1, 1, 1);
  private Instant breakerClosed = Instant.EPOCH;
  private int leaks;

  @ParameterizedTest
  @MethodSource("seeds")
  void whateverPeopleAndTimeDoTheGuardsHold(long seed) {
    random = new Random(seed);
    world = new World(seed);
    limits = new Limits(1 + random.nextInt(6), 1 + random.nextInt(2), 1 + random.nextInt(3));
    quota = new Quota(1 + random.nextInt(6), 1 + random.nextInt(2), 1 + random.nextInt(2));
    world.quotas = new Quotas(quota, new Quota(100, 100, 100));
    policy = policy(respond(Mode.ENFORCE, 3, limits));
    IntStream.range(0, 3).forEach(_ -> leak());
    for (int round = 0; round < ROUNDS; round++) {
      somebodyActs();
      var name = any().getMetadata().getName();
      if (random.nextInt(5) > 0) {
        world.seen(name, random.nextInt(12) == 0 ? "Suspected" : "Confirmed");
      }
      var isOpen = isBreakerOpen();
      var before = world.deeds.size();
      once(name);
      if (isOpen) {
        assertThat(world.deeds).as("nothing is changed while the breaker is open").hasSize(before);
      }
      assertLimitsHold();
      pass(random.nextInt(40) == 0 ? Duration.ofHours(3) : Duration.ofSeconds(random.nextInt(90)));
    }
    assertThat(world.deeds.stream().map(deed -> deed.incident() + deed.kind()))
        .as("no step has two effects")
        .doesNotHaveDuplicates();
    assertEverythingEnds(random.nextBoolean());
  }

  static List<Long> seeds() {
    return new Random(7).longs(60).boxed().toList();
  }

  private void somebodyActs() {
    switch (random.nextInt(40)) {
      case 0 -> policy.setSpec(policy(respond(mode(), 1 + random.nextInt(3), limits)).getSpec());
      case 1 -> closeBreaker();
      case 2, 3 -> answer(random.nextInt(4), random.nextInt(3) == 0, false);
      case 4 -> answer(0, false, true);
      case 5, 6 -> {
        if (leaks < 12) {
          leak();
        }
      }
      default -> {}
    }
  }

  private void closeBreaker() {
    breakerClosed = world.now;
    policy.getMetadata().setAnnotations(Map.of(Api.BREAKER_ANNOTATION, breakerClosed.toString()));
  }

  private Mode mode() {
    return random.nextBoolean() ? Mode.ENFORCE : MODES.get(random.nextInt(MODES.size()));
  }

  private void answer(int approved, boolean suspend, boolean undo) {
    var incident = any();
    world.put(answered(incident, approved, suspend, undo, world.now));
  }

  private void leak() {
    leaks++;
    world.put(answered(incident("leak-" + leaks, "w" + leaks), 0, false, false, world.now));
  }

  private LeakIncident any() {
    return world.get("leak-" + (1 + random.nextInt(leaks)));
  }

  private void pass(Duration time) {
    world.now = world.now.plus(time);
  }

  /** A new operator each time: nothing is remembered but what is written. */
  private void once(String name) {
    remembering(policy, List.copyOf(world.unhelpful));
    try {
      Rehearsal.response(world).advance(world.get(name), Optional.of(policy));
    } catch (World.Death e) {
      assertThat(world.calm).as("it died: " + e).isFalse();
    }
  }

  private void assertLimitsHold() {
    var hourAgo = world.now.minus(Duration.ofHours(1));
    assertThat(world.deeds.stream().filter(deed -> deed.at().isAfter(hourAgo)).count())
        .as("actions of this hour")
        .isLessThanOrEqualTo(Math.min(limits.actionsPerHour(), quota.actionsPerHour()));
    assertThat(world.effects.stream().filter(key -> key.endsWith("/" + ActionKind.ISOLATE)).count())
        .as("isolated pods")
        .isLessThanOrEqualTo(Math.min(limits.concurrentIsolations(), quota.concurrentIsolations()));
    incidents()
        .filter(incident -> incident.getStatus().phase() == Phase.ROLLED_BACK)
        .forEach(
            incident ->
                assertThat(world.effects)
                    .as("what is rolled back is gone: %s", Rehearsal.actions(incident.getStatus()))
                    .doesNotContainAnyElementsOf(interventions(incident)));
  }

  private static List<String> interventions(LeakIncident incident) {
    return Stream.of(ActionKind.values())
        .filter(ActionKind::intervenes)
        .map(kind -> incident.getMetadata().getName() + "/" + kind)
        .toList();
  }

  /** As the API documents it: so many that did not help within a day, since it was last closed. */
  private boolean isBreakerOpen() {
    var ends =
        incidents()
            .filter(found -> Breaker.didNotHelp(found.getStatus().phase(), found.getStatus()))
            .map(found -> Instant.parse(found.getStatus().endedAt()))
            .filter(breakerClosed::isBefore)
            .toList();
    return ends.stream()
        .anyMatch(
            first ->
                ends.stream()
                        .filter(end -> !end.isBefore(first))
                        .filter(end -> !end.isAfter(first.plus(Duration.ofDays(1))))
                        .count()
                    >= limits.unhelpfulResponses());
  }

  /** By what people ask for, or by time alone. */
  private void assertEverythingEnds(boolean asked) {
    world.calm = true;
    for (int i = 0; i < 40; i++) {
      for (var incident : incidents().toList()) {
        if (asked) {
          world.put(answered(incident, 0, false, true, world.now));
        }
        once(incident.getMetadata().getName());
      }
      policy.setSpec(policy(respond(Mode.OBSERVE, 1, limits)).getSpec());
      pass(Duration.ofMinutes(10));
    }
    assertThat(world.effects).as("nothing is left").isEmpty();
    new PolicyHold(world).mend(world.policy("shop", "checkout").orElseThrow(), incidents());
    assertThat(world.holdsPolicy()).as("nothing keeps the policy").isFalse();
  }

  private Stream<LeakIncident> incidents() {
    return world.inNamespace("shop").stream();
  }
}

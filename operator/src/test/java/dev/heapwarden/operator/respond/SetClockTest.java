package dev.heapwarden.operator.respond;

import static dev.heapwarden.operator.respond.Fixtures.answered;
import static dev.heapwarden.operator.respond.Fixtures.incident;
import static dev.heapwarden.operator.respond.Fixtures.policy;
import static dev.heapwarden.operator.respond.Fixtures.respond;
import static dev.heapwarden.operator.respond.Rehearsal.LIMITS;
import static dev.heapwarden.operator.respond.Rehearsal.actions;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heapwarden.crds.incident.Phase;
import dev.heapwarden.crds.policy.Limits;
import dev.heapwarden.crds.policy.MemoryPolicy;
import dev.heapwarden.crds.policy.Mode;
import dev.heapwarden.operator.respond.journal.ActionKind;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The operator's clock is set, by an hour and either way, while it answers leaks. */
class SetClockTest {
  private static final String[] DONE = {
    "Diagnose=DONE",
    "Isolate=DONE",
    "SampleInstances=DONE",
    "PatchEnvironment=DONE",
    "AddReplicas=DONE",
    "Verify=INTENDED"
  };

  private final Rehearsal rehearsal = new Rehearsal();
  private final World world = rehearsal.world;

  @Test
  void setBackInTheMiddleItHoldsNothingUp() {
    var enforce = policy(respond(Mode.ENFORCE, 3, LIMITS));
    stopAfterIsolation(enforce);
    world.now = world.now.minus(Duration.ofHours(1));
    assertThat(actions(rehearsal.run(enforce, Duration.ofMinutes(5)))).containsExactly(DONE);
    assertThat(world.deeds).hasSize(3);
  }

  @Test
  void setForwardInTheMiddleItGoesOnOnceTheLeakIsSeenAtThatTime() {
    var enforce = policy(respond(Mode.ENFORCE, 3, LIMITS));
    stopAfterIsolation(enforce);
    world.now = world.now.plus(Duration.ofHours(1));
    var waiting = rehearsal.run(enforce, Duration.ofMinutes(1));
    assertThat(actions(waiting)).contains("Isolate=DONE").doesNotContain("PatchEnvironment=DONE");
    world.seen("leak-1", "Confirmed");
    assertThat(actions(rehearsal.run(enforce, Duration.ofMinutes(5)))).containsExactly(DONE);
    assertThat(world.deeds).hasSize(3);
  }

  private void stopAfterIsolation(MemoryPolicy policy) {
    world.unfinished.add(ActionKind.ISOLATE);
    assertThat(actions(rehearsal.run(policy, Duration.ofSeconds(3))))
        .containsExactly("Diagnose=DONE", "Isolate=INTENDED");
    world.unfinished.clear();
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void howeverOftenItIsSetNothingIsDoneTwiceAndUndoLeavesNothing(long seed) {
    var wild = new World(seed);
    wild.put(incident("leak-1", "w1"));
    var random = new Random(seed);
    var enforce = policy(respond(Mode.ENFORCE, 3, new Limits(4, 1)));
    for (int i = 0; i < 200; i++) {
      wild.seen("leak-1", "Confirmed");
      WildResponseTest.once(wild, "leak-1", enforce);
      int hours = random.nextInt(10) == 0 ? random.nextBoolean() ? 1 : -1 : 0;
      wild.now = wild.now.plus(Duration.ofHours(hours)).plusSeconds(random.nextInt(60));
    }
    wild.calm = true;
    wild.put(answered(wild.get("leak-1"), 0, false, true));
    for (int i = 0; i < 20; i++) {
      WildResponseTest.once(wild, "leak-1", enforce);
    }
    assertThat(wild.get("leak-1").getStatus().phase()).isEqualTo(Phase.ROLLED_BACK);
    assertThat(wild.hasEffect()).isFalse();
    assertThat(wild.deeds).extracting(World.Deed::kind).doesNotHaveDuplicates();
  }

  static List<Long> seeds() {
    return new Random(7).longs(40).boxed().toList();
  }
}

package dev.heapwarden.operator.respond.action;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heapwarden.crds.incident.Step;
import dev.heapwarden.crds.policy.Limits;
import dev.heapwarden.crds.policy.Mode;
import dev.heapwarden.crds.snapshot.MemorySnapshot;
import dev.heapwarden.crds.snapshot.SnapshotKind;
import dev.heapwarden.operator.health.SnapshotServer;
import dev.heapwarden.operator.respond.Fixtures;
import dev.heapwarden.operator.respond.journal.Steps;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The policy's window of diagnosis is five seconds; the snapshot is ordered at noon. */
class TakeSnapshotTest {
  private final SnapshotServer server = new SnapshotServer();
  private final TakeSnapshot action = new TakeSnapshot(server.client());

  TakeSnapshotTest() throws IOException {}

  @AfterEach
  void close() {
    server.close();
  }

  @Test
  void aSnapshotThatWaitsForItsTurnIsWaitedFor() {
    var step = ordered();

    assertThat(action.look(after(Duration.ofMinutes(10)), step)).isInstanceOf(Seen.NotYet.class);
    assertThat(action.patience(after(Duration.ZERO)))
        .isBetween(Duration.ofMinutes(15), Duration.ofMinutes(20));
  }

  @Test
  void theTimeItMayTakeCountsFromWhenTheAgentBegan() {
    var step = ordered();
    running(Fixtures.NOON.plus(Duration.ofMinutes(10)));

    assertThat(action.look(after(Duration.ofMinutes(12)), step)).isInstanceOf(Seen.NotYet.class);
    assertThat(action.look(after(Duration.ofMinutes(13)), step))
        .isEqualTo(new Seen.Failed("not seen to be done in time: the agent takes the snapshot"));
  }

  @Test
  void aNodeWhoseClockIsBehindDoesNotCostTheSnapshotItsTime() {
    var step = ordered();
    running(Fixtures.NOON.minus(Duration.ofHours(1)));

    assertThat(action.look(after(Duration.ofMinutes(1)), step)).isInstanceOf(Seen.NotYet.class);
  }

  /** The policy went to DryRun and back to Enforce in between. */
  @Test
  void theSecondAttemptIsAnotherSnapshotAlsoAfterARehearsal() {
    var first = ordered();
    var failed = Steps.settled(first, Step.State.FAILED, "the agent went away", Fixtures.NOON);
    var planned = Fixtures.step("Diagnose", 1, Step.State.PLANNED, Fixtures.NOON);
    var situation = after(Duration.ofMinutes(1));
    Fixtures.at(situation.incident(), "-", List.of(failed, planned));

    assertThat(((Plan.Do) action.plan(situation)).object()).isEqualTo(first.object() + "b");
  }

  @Test
  void whereNoRuntimeTellsOfTheLeakNativeAllocationsAreAskedForToo() {
    assertThat(kinds("Runtime")).containsExactly(SnapshotKind.AUTO);
    assertThat(kinds("Kernel")).containsExactly(SnapshotKind.AUTO, SnapshotKind.NATIVE_ALLOCATIONS);
  }

  private List<SnapshotKind> kinds(String layer) {
    var situation = after(Duration.ZERO);
    Fixtures.ofLayer(situation.incident(), layer);
    var planned = (Plan.Do) action.plan(situation);
    return Serialization.unmarshal(planned.patch(), MemorySnapshot.class).getSpec().kinds();
  }

  private Step ordered() {
    var situation = after(Duration.ZERO);
    var planned = (Plan.Do) action.plan(situation);
    var step = Intended.step(action, planned);
    assertThat(action.act(situation, step)).isInstanceOf(Acted.Yes.class);
    snapshot().getMetadata().setCreationTimestamp(Fixtures.NOON.toString());
    return step;
  }

  private void running(Instant since) {
    server.running(Fixtures.NOON, since);
  }

  private MemorySnapshot snapshot() {
    return server.snapshots.firstEntry().getValue();
  }

  private static Situation after(Duration time) {
    return new Situation(
        Fixtures.ofRuntime(Fixtures.incident("leak", "w1"), "Go"),
        Fixtures.policy(Fixtures.respond(Mode.ENFORCE, 3, new Limits(3, 1))),
        Fixtures.NOON.plus(time));
  }
}

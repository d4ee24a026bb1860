package dev.heapwarden.operator.respond.action;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heapwarden.crds.incident.Step;
import dev.heapwarden.crds.policy.Limits;
import dev.heapwarden.crds.policy.Mode;
import dev.heapwarden.crds.snapshot.GoroutineReport;
import dev.heapwarden.crds.snapshot.GoroutineReport.Group;
import dev.heapwarden.crds.snapshot.GoroutineReport.Place;
import dev.heapwarden.crds.snapshot.MemorySnapshot;
import dev.heapwarden.crds.snapshot.MemorySnapshotStatus;
import dev.heapwarden.crds.snapshot.SnapshotKind;
import dev.heapwarden.detection.verdict.Cause;
import dev.heapwarden.operator.health.SnapshotServer;
import dev.heapwarden.operator.respond.Fixtures;
import dev.heapwarden.operator.respond.journal.Steps;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
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

  @Test
  void whereGoroutinesGrowTheirGoStatementIsTheSite() {
    var step = ordered();
    found(
        group(3, null),
        group(1_200, new Place("main.handle", "main.go:42")),
        group(7, new Place("main.main", "main.go:9")));

    assertThat(action.look(ofCause("GoroutineGrowth"), step))
        .isEqualTo(
            new Seen.Done(
                "no artefacts; most goroutines: 1200 in state chan receive in main.work"
                    + " (work.go:7), created by main.handle (main.go:42)",
                Optional.of(new Seen.Culprit(Cause.GOROUTINE_GROWTH, "main.handle"))));
  }

  @Test
  void whereSomethingElseGrowsGoroutinesAreNotBlamed() {
    var step = ordered();
    found(group(1_200, new Place("main.handle", "main.go:42")));

    assertThat(action.look(ofCause("MapGrowth"), step))
        .isEqualTo(new Seen.Done("no artefacts", Optional.empty()));
  }

  private static Situation ofCause(String cause) {
    var situation = after(Duration.ofMinutes(1));
    Fixtures.ofCause(situation.incident(), cause);
    return situation;
  }

  private void found(Group... groups) {
    snapshot()
        .setStatus(
            new MemorySnapshotStatus(
                MemorySnapshotStatus.Phase.COMPLETED,
                null,
                null,
                "node-1",
                Fixtures.NOON.toString(),
                Fixtures.NOON.toString(),
                List.of(),
                List.of(),
                List.of(),
                null,
                null,
                null,
                null,
                List.of(),
                new GoroutineReport(1_210, List.of(groups), 0),
                List.of(),
                List.of()));
  }

  private static Group group(long goroutines, @Nullable Place createdAt) {
    return new Group(
        "0123456789abcdef",
        goroutines,
        "chan receive",
        null,
        createdAt,
        new Place("main.work", "work.go:7"),
        60L);
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

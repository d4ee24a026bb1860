package dev.heapwarden.operator.respond.action;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heapwarden.crds.incident.Step;
import dev.heapwarden.crds.policy.Limits;
import dev.heapwarden.crds.policy.Mode;
import dev.heapwarden.crds.snapshot.MemorySnapshotStatus.InstanceReport;
import dev.heapwarden.crds.snapshot.MemorySnapshotStatus.InstanceReport.Holder;
import dev.heapwarden.operator.health.SnapshotServer;
import dev.heapwarden.operator.respond.Fixtures;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A heap dump and its reading take minutes, after those of other pods of the node. */
class SampleTakesTimeTest {
  private final SnapshotServer server = new SnapshotServer();
  private final SampleInstances action = new SampleInstances(server.client());

  SampleTakesTimeTest() throws IOException {}

  @AfterEach
  void close() {
    server.close();
  }

  /** Two and a half minutes for the dump, two for reading it. */
  @Test
  void anAgentThatDumpsAndReadsForAsLongAsItMayIsWaitedFor() {
    var step = ordered();
    server.running(Fixtures.NOON, Fixtures.NOON);

    assertThat(action.look(after(Duration.ofSeconds(270)), step)).isInstanceOf(Seen.NotYet.class);
    assertThat(action.look(after(Duration.ofMinutes(7)), step)).isInstanceOf(Seen.Failed.class);
  }

  @Test
  void theQueueOfTheNodeIsWaitedForBesides() {
    assertThat(action.patience(after(Duration.ZERO)))
        .isGreaterThanOrEqualTo(Duration.ofMinutes(15).plusSeconds(270));
  }

  @Test
  void thoseWhoHoldMostAreTold() {
    var ways =
        List.of(
            new Holder("thread a (Thread)", List.of(), 2),
            new Holder("thread b (Thread)", List.of(), 2),
            new Holder("thread c (Thread)", List.of(), 2),
            new Holder("static B.c (HashMap)", List.of("x"), 1),
            new Holder("static B.c (HashMap)", List.of("y"), 1),
            new Holder("static B.c (HashMap)", List.of("z"), 1));

    assertThat(SampleInstances.sentence(new InstanceReport("A", 90, 9, ways)))
        .isEqualTo(
            "9 of 90 instances of A; held by static B.c (HashMap) (3), thread a (Thread) (2),"
                + " thread b (Thread) (2)");
  }

  private Step ordered() {
    var planned = (Plan.Do) action.plan(after(Duration.ZERO));
    var step = Intended.step(action, planned);
    assertThat(action.act(after(Duration.ZERO), step)).isInstanceOf(Acted.Yes.class);
    return step;
  }

  private static Situation after(Duration time) {
    return new Situation(
        Fixtures.at(
            Fixtures.ofRuntime(Fixtures.incident("leak", "w1"), "JVM"),
            "Orders$OrderKey",
            List.of(SampleInstancesTest.ISOLATED)),
        Fixtures.policy(Fixtures.respond(Mode.ENFORCE, 2, new Limits(3, 1))),
        Fixtures.NOON.plus(time));
  }
}

package dev.heapwarden.operator.respond.action;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heapwarden.crds.incident.Step;
import dev.heapwarden.crds.policy.Intervene;
import dev.heapwarden.crds.policy.Limits;
import dev.heapwarden.crds.policy.Mode;
import dev.heapwarden.crds.policy.Relief;
import dev.heapwarden.crds.policy.Respond;
import dev.heapwarden.crds.snapshot.MemorySnapshotSpec;
import dev.heapwarden.crds.snapshot.MemorySnapshotStatus;
import dev.heapwarden.crds.snapshot.SnapshotKind;
import dev.heapwarden.detection.sample.ContainerKey;
import dev.heapwarden.operator.evaluate.Assessment;
import dev.heapwarden.operator.health.SnapshotServer;
import dev.heapwarden.operator.respond.Fixtures;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RelieveMemoryTest {
  private final SnapshotServer server = new SnapshotServer();
  private List<String> leaking = List.of("checkout-0", "checkout-1");
  private List<Relief> asked = List.of(Relief.COLLECT_GARBAGE, Relief.TRIM_NATIVE_HEAP);
  private Instant now = Instant.now();
  private final RelieveMemory action =
      new RelieveMemory(server.client(), (workload, container) -> assessments());

  RelieveMemoryTest() throws IOException {
    server.uids.put("checkout-1", "uid-of-pod");
  }

  @AfterEach
  void close() {
    server.close();
  }

  /** The finding is of checkout-1. */
  @Test
  void oneJvmGivesBackAfterTheOtherAndTheWorstComesFirst() {
    var step = step();
    assertThat(step.message())
        .isEqualTo(
            "a full collection, freed native memory given back in container checkout of"
                + " checkout-1, checkout-0, one after the other");
    assertThat(action.isActed(situation(), step)).isFalse();
    assertThat(action.act(situation(), step))
        .isEqualTo(new Acted.Again("pod checkout-1 is asked to give back memory"));
    assertThat(action.act(situation(), step))
        .isEqualTo(new Acted.Again("pod checkout-1 gives back memory"));
    assertThat(server.pods()).containsExactly("checkout-1");
    assertThat(server.snapshots.firstEntry().getValue().getSpec())
        .isEqualTo(
            new MemorySnapshotSpec(
                "checkout-1",
                "checkout",
                List.of(SnapshotKind.COLLECT_GARBAGE, SnapshotKind.TRIM_NATIVE_HEAP),
                MemorySnapshotSpec.WINDOW,
                List.of()));

    gave("leak-l3", "GC.run gave back 12.0 MiB");
    assertThat(action.act(situation(), step)).isEqualTo(new Acted.Yes());
    assertThat(server.pods()).containsExactly("checkout-1", "checkout-0");
    assertThat(action.isActed(situation(), step)).isTrue();
    assertThat(action.look(situation(), step)).isInstanceOf(Seen.NotYet.class);

    refused("leak-l3-2", "it would stand still");
    assertThat(action.look(situation(), step))
        .isEqualTo(
            new Seen.Done(
                "checkout-1: GC.run gave back 12.0 MiB; checkout-0: CollectGarbage: it would stand"
                    + " still"));
  }

  @Test
  void anOperatorThatDiesInBetweenAsksNobodyTwice() {
    var step = step();
    action.act(situation(), step);
    gave("leak-l3", "GC.run gave back 12.0 MiB");
    var successor = new RelieveMemory(server.client(), (workload, container) -> List.of());

    assertThat(successor.act(situation(), step)).isEqualTo(new Acted.Yes());
    assertThat(server.pods()).containsExactly("checkout-1", "checkout-0");
    gave("leak-l3-2", "GC.run gave back 1.0 MiB");
    assertThat(successor.act(situation(), step)).isEqualTo(new Acted.Yes());
    assertThat(server.pods()).hasSize(2);

    server.snapshots.remove("leak-l3");
    assertThat(successor.act(situation(), step)).isEqualTo(new Acted.Yes());
    assertThat(server.pods()).containsExactly("checkout-0");
  }

  @Test
  void whereNobodyGaveAnythingBackItFailed() {
    leaking = List.of("checkout-1");
    var step = step();
    assertThat(action.act(situation(), step)).isEqualTo(new Acted.Yes());
    refused("leak-l3", "no JVM runs in it");

    assertThat(action.look(situation(), step))
        .isEqualTo(
            new Seen.Failed(
                "nothing was given back; checkout-1: CollectGarbage: no JVM runs in it"));
  }

  @Test
  void anAgentThatNeverBeginsDoesNotKeepTheOtherPodWaiting() {
    var step = step();
    action.act(situation(), step);
    now = now.plus(Duration.ofMinutes(19));
    assertThat(action.act(situation(), step)).isInstanceOf(Acted.Again.class);

    now = now.plus(Duration.ofMinutes(2));
    assertThat(action.act(situation(), step)).isEqualTo(new Acted.Yes());
    gave("leak-l3-2", "GC.run gave back 1.0 MiB");
    assertThat(action.look(situation(), step))
        .isEqualTo(
            new Seen.Done(
                "checkout-1: the agent has not begun the snapshot; checkout-0: GC.run gave back"
                    + " 1.0 MiB"));
  }

  @Test
  void aPolicyThatAsksForItNoMoreStopsIt() {
    var step = step();
    asked = List.of();
    assertThat(action.isAsked(situation())).isFalse();
    assertThat(action.act(situation(), step))
        .isEqualTo(new Acted.No("the policy changed after this was intended"));

    asked = List.of(Relief.COLLECT_GARBAGE);
    action.act(situation(), step);
    gave("leak-l3", "GC.run gave back 1.0 MiB");
    asked = List.of();
    assertThat(action.act(situation(), step)).isEqualTo(new Acted.Yes());
    assertThat(action.look(situation(), step))
        .isEqualTo(
            new Seen.Done(
                "checkout-1: GC.run gave back 1.0 MiB; checkout-0: it was not asked any more"));
  }

  @Test
  void aSnapshotOfSomebodyElseIsNotTakenForOurs() {
    var step = step();
    action.act(situation(), step);
    var theirs = Objects.requireNonNull(server.snapshots.get("leak-l3"));
    theirs.getMetadata().setOwnerReferences(List.of());

    assertThat(action.isActed(situation(), step)).isFalse();
    assertThat(action.act(situation(), step))
        .isEqualTo(new Acted.No("a snapshot of this name exists that this incident did not order"));
  }

  @Test
  void aGoProgramCannotBeAsked() {
    assertThat(action.plan(situation("Go")))
        .isEqualTo(
            new Plan.Refuse(
                "deployment/checkout",
                "OnlyJvms: a Go program cannot be asked to give memory back"));
  }

  @Test
  void thePodThatTheResponseBeganForIsAskedThoughDetectionForgotIt() {
    leaking = List.of();
    assertThat(step().message()).contains("in container checkout of checkout-1, one");

    server.uids.put("checkout-1", "of-its-successor");
    assertThat(action.plan(situation()))
        .isEqualTo(new Plan.Refuse("deployment/checkout", LeakingPods.NONE));
  }

  private Step step() {
    return Intended.step(action, (Plan.Do) action.plan(situation()));
  }

  private void gave(String snapshot, String advice) {
    completed(
        snapshot, "artifacts: [{kind: CollectGarbage, state: Taken}]\nadvice: [" + advice + "]");
  }

  private void refused(String snapshot, String reason) {
    completed(
        snapshot, "artifacts: [{kind: CollectGarbage, state: Refused, reason: " + reason + "}]");
  }

  private void completed(String snapshot, String status) {
    Objects.requireNonNull(server.snapshots.get(snapshot), snapshot)
        .setStatus(
            Serialization.unmarshal("phase: Completed\n" + status, MemorySnapshotStatus.class));
  }

  private List<Assessment> assessments() {
    return Stream.concat(leaking.stream(), Stream.of("isolated"))
        .map(RelieveMemoryTest::assessment)
        .toList();
  }

  private static Assessment assessment(String pod) {
    var found = Fixtures.leaking(2e8);
    return new Assessment(
        found.workloadUid(),
        new ContainerKey(
            "shop",
            pod,
            pod.equals("checkout-1") ? "uid-of-pod" : "uid-of-" + pod,
            "checkout",
            "id"),
        found.runtime(),
        pod.equals("isolated"),
        found.verdict(),
        found.containerAge(),
        found.at());
  }

  private Situation situation() {
    return situation("JVM");
  }

  private Situation situation(String runtime) {
    var others = Fixtures.respond(Mode.ENFORCE, 3, new Limits(3, 1));
    return new Situation(
        Fixtures.ofRuntime(Fixtures.incident("leak", "w1"), runtime),
        Fixtures.policy(
            new Respond(
                Mode.ENFORCE,
                3,
                others.diagnose(),
                others.isolate(),
                new Intervene(null, null, null, null, null, asked, "24h"),
                others.limits(),
                "30m",
                List.of())),
        now);
  }
}

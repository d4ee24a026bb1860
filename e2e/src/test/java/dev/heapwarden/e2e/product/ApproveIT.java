package dev.heapwarden.e2e.product;

import static dev.heapwarden.e2e.product.LeakingOrders.NOT_ISOLATED;
import static dev.heapwarden.e2e.product.LeakingOrders.PAUSE;
import static dev.heapwarden.e2e.product.LeakingOrders.step;
import static dev.heapwarden.e2e.product.LeakingOrders.waits;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heapwarden.crds.incident.Phase;
import dev.heapwarden.crds.incident.Step;
import dev.heapwarden.crds.snapshot.MemorySnapshotStatus.Artifact;
import dev.heapwarden.crds.snapshot.SnapshotKind;
import dev.heapwarden.e2e.cluster.Cluster;
import dev.heapwarden.e2e.scenario.Kubectl;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * A person sees what would be done about a leaking JVM, approves it by level, and takes it back.
 */
@Execution(ExecutionMode.CONCURRENT)
@WithTheProduct
class ApproveIT {
  private final LeakingOrders orders;

  ApproveIT(KubernetesClient client, Cluster cluster) {
    orders = LeakingOrders.of(client, Kubectl.with(cluster.kubeconfig()));
  }

  @AfterEach
  void close() {
    orders.close();
  }

  @Test
  void aDryRunShowsEveryChangeAndMakesNoneUntilTheModeIsAnother() {
    orders.open("DryRun");
    orders.scaleUp();
    var pods = orders.podUids();
    var generation = orders.deployment().getMetadata().getGeneration();
    orders.leak("");

    var planned =
        orders.until(
            "every step is planned",
            status ->
                status.steps().stream().anyMatch(it -> it.action().equals("PatchEnvironment")));

    assertThat(planned.steps())
        .allSatisfy(it -> assertThat(it.state()).as(it.action()).isEqualTo(Step.State.PLANNED));
    assertThat(step(planned, "PatchEnvironment").patch()).contains("JAVA_TOOL_OPTIONS", PAUSE);
    assertThat(step(planned, "Isolate").patch()).contains("heapwarden.dev~1quarantine");
    assertThat(planned.level()).isZero();
    assertThat(orders.podUids()).isEqualTo(pods);
    assertThat(orders.deployment().getMetadata().getGeneration()).isEqualTo(generation);
    assertThat(orders.snapshots()).isEmpty();

    orders.changeMode("Enforce");
    var done =
        orders.until(
            "the variables are in force",
            status -> step(status, "PatchEnvironment").state() == Step.State.DONE);
    assertThat(step(done, "Diagnose").state()).isEqualTo(Step.State.DONE);
    assertThat(orders.isolated()).hasSize(1);
    assertThat(orders.environment()).contains(PAUSE);
  }

  @Test
  void nothingIsDoneBeforeItIsApprovedAndUndoTakesItBack() {
    orders.open("Approve");
    var before = orders.deployment().getSpec().getTemplate();
    orders.leak(NOT_ISOLATED);
    orders.until("level 1 is asked for", status -> waits(status, "AwaitingApproval: level 1"));
    assertThat(orders.incident().getStatus().steps())
        .noneMatch(step -> step.action().equals("Diagnose"));

    orders.respond("{\"approvedLevel\": 1}");
    var diagnosed =
        orders.until("level 3 is asked for", s -> waits(s, "AwaitingApproval: level 3"));
    assertThat(step(diagnosed, "Diagnose").state()).isEqualTo(Step.State.DONE);
    assertThat(orders.deployment().getSpec().getTemplate()).isEqualTo(before);

    orders.respond("{\"approvedLevel\": 3}");
    var patched = orders.until("it is verified", status -> status.phase() == Phase.VERIFYING);
    var step = step(patched, "PatchEnvironment");
    assertThat(step.state()).as(step.message()).isEqualTo(Step.State.DONE);
    assertThat(step.message()).contains("in force: " + PAUSE + " (seen in pod orders-");
    assertThat(orders.environment()).contains("JAVA_TOOL_OPTIONS", PAUSE);
    var relieved = step(patched, "Relieve");
    assertThat(relieved.state()).as(relieved.message()).isEqualTo(Step.State.DONE);
    assertThat(relieved.message()).contains("orders-", ": GC.run gave back ");
    assertThat(patched.steps().indexOf(relieved)).isLessThan(patched.steps().indexOf(step));

    orders.respond("{\"undo\": true}");
    var undone = orders.until("it is rolled back", status -> status.phase() == Phase.ROLLED_BACK);
    assertThat(undone.outcome()).startsWith("undone as asked: PatchEnvironment undone");
    assertThat(orders.deployment().getSpec().getTemplate()).isEqualTo(before);
  }

  /** The kubelet keeps the log of one life: after the next crash it would be gone. */
  @Tag("E15")
  @Test
  void whatAContainerWroteThatCrashedIsKeptOnItsIncident() {
    orders.open("Approve");
    orders.leak(NOT_ISOLATED);
    orders.until("level 1 is asked for", status -> waits(status, "AwaitingApproval: level 1"));
    AgentProcesses.javaOf(orders.podUids().iterator().next()).destroyForcibly();

    var crashed =
        orders.until(
            "its log is ordered",
            status -> status.crashes().stream().anyMatch(crash -> crash.log() != null));
    assertThat(crashed.crashes())
        .singleElement()
        .satisfies(
            crash -> {
              assertThat(crash.exitCode()).isEqualTo(137);
              assertThat(orders.taken(Objects.requireNonNull(crash.log())).artifacts())
                  .singleElement()
                  .satisfies(
                      artifact -> {
                        assertThat(artifact.kind()).isEqualTo(SnapshotKind.PREVIOUS_LOG);
                        assertThat(artifact.state())
                            .as(artifact.reason())
                            .isEqualTo(Artifact.State.TAKEN);
                        assertThat(artifact.size()).isPositive();
                      });
            });
  }

  @Test
  void aDeletedPolicyTakesItBackToo() {
    orders.open("Approve");
    var before = orders.deployment().getSpec().getTemplate();
    orders.leak(NOT_ISOLATED);
    orders.respond("{\"approvedLevel\": 3}");
    orders.until("it is verified", status -> status.phase() == Phase.VERIFYING);
    assertThat(orders.environment()).contains("JAVA_TOOL_OPTIONS", PAUSE);

    orders.deletePolicy();

    assertThat(orders.deployment().getSpec().getTemplate())
        .as("kubectl waits until it is undone")
        .isEqualTo(before);
    var undone = orders.until("it is rolled back", status -> status.phase() == Phase.ROLLED_BACK);
    assertThat(undone.outcome()).contains("MemoryPolicy was deleted");
    assertThat(orders.deployment().getSpec().getTemplate()).isEqualTo(before);
  }

  @Test
  void aPodIsIsolatedOnceLevelTwoIsApprovedAndUndoPutsItBack() {
    orders.open("Approve");
    orders.scaleUp();
    orders.leak("");
    orders.respond("{\"approvedLevel\": 1}");
    orders.until("level 2 is asked for", status -> waits(status, "AwaitingApproval: level 2"));
    assertThat(orders.isolated()).isEmpty();

    orders.respond("{\"approvedLevel\": 2}");
    var status = orders.until("level 3 is asked for", s -> waits(s, "AwaitingApproval: level 3"));
    assertThat(step(status, "Isolate").state()).isEqualTo(Step.State.DONE);
    assertThat(orders.isolated()).hasSize(1);

    orders.respond("{\"undo\": true}");
    orders.until("it is rolled back", s -> s.phase() == Phase.ROLLED_BACK);
    assertThat(orders.isolated()).isEmpty();
  }

  /** Forecast from its memory: to count the classes of a heap of 600 MiB may take 0.8 s. */
  @Test
  void theClassesOfALargeHeapAreCountedOnceItsPodIsIsolated() {
    orders.open("Approve", "-Xms600m -Xmx600m -XX:+AlwaysPreTouch", "1Gi");
    orders.scaleUp();
    orders.leak("");
    orders.respond("{\"approvedLevel\": 2}");

    var status = orders.until("level 3 is asked for", s -> waits(s, "AwaitingApproval: level 3"));

    assertThat(step(status, "Diagnose").message())
        .contains("ClassHistogram refused (counting its heap could stop it");
    var counted = step(status, "DiagnoseIsolated");
    assertThat(counted.state()).as(counted.message()).isEqualTo(Step.State.DONE);
    assertThat(counted.message()).startsWith("ClassHistogram ").contains("sha256:");
    assertThat(orders.isolated())
        .singleElement()
        .satisfies(
            pod ->
                assertThat(pod.getStatus().getContainerStatuses().getFirst().getRestartCount())
                    .isZero());
  }
}

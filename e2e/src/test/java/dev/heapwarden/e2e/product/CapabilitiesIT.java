package dev.heapwarden.e2e.product;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.heapwarden.crds.policy.ContainerStatus.ProbeStatus;
import dev.heapwarden.crds.policy.MemoryPolicy;
import dev.heapwarden.crds.snapshot.MemorySnapshotSpec;
import dev.heapwarden.crds.snapshot.MemorySnapshotStatus.Artifact.State;
import dev.heapwarden.crds.snapshot.SnapshotKind;
import dev.heapwarden.e2e.scenario.Installation;
import dev.heapwarden.e2e.scenario.Shop;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import io.fabric8.kubernetes.api.model.apps.DaemonSetBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.Resource;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * An agent that lacks one of its capabilities lacks what {@code docs/rbac.md} says it is for, and
 * says so. With all of them it has it: {@link WatchedIT}, {@link JvmIT}.
 */
@Isolated("it changes the agent")
@Order(32)
@Tag("matrix")
@WithTheProduct
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CapabilitiesIT {
  private static final Duration SOON = Duration.ofMinutes(1);

  private final KubernetesClient client;
  private final Shop shop;
  private DaemonSet complete = new DaemonSet();

  CapabilitiesIT(KubernetesClient client) {
    this.client = client;
    this.shop = new Shop(client, "capabilities");
  }

  @BeforeAll
  void open() {
    complete = agents().require();
    shop.openStripped(SOON);
    eachIsAttached();
  }

  @AfterEach
  void restore() {
    agents()
        .edit(
            agents ->
                new DaemonSetBuilder(agents)
                    .withSpec(new DaemonSetBuilder(complete).buildSpec())
                    .build());
    awaitRollout();
    eachIsAttached();
  }

  @AfterAll
  void close() {
    shop.close();
  }

  @ParameterizedTest
  @CsvSource({
    "BPF, sessions, GoMapGrowth",
    "PERFMON, sessions, GoMapGrowth",
    "DAC_OVERRIDE, sidecar, JvmCounters"
  })
  void withoutItAProbeIsNotAttached(String capability, String container, String probe) {
    leaveOut(capability);
    awaitRollout();

    await(probe + " is refused without " + capability)
        .atMost(SOON)
        .until(
            () -> probe(container, probe),
            found -> found.filter(it -> it.state().equals("Refused")).isPresent());
  }

  @Test
  void withoutPtraceNoProcessIsLookedAtAndThePolicySaysSo() {
    leaveOut("SYS_PTRACE");
    awaitRollout();

    await("the reason")
        .atMost(SOON)
        .until(
            () -> probe("sessions", "GoMapGrowth"),
            found ->
                found
                    .filter(it -> it.state().equals("Refused"))
                    .filter(it -> String.valueOf(it.reason()).endsWith("SYS_PTRACE"))
                    .isPresent());
  }

  @Test
  void withoutNiceBpftraceKeepsThePagesOfItsCompiler() {
    await("a bpftrace without its compiler's pages")
        .atMost(SOON)
        .until(AgentProcesses::bpftraceMebibytes, mebibytes -> mebibytes > 0 && mebibytes < 50);
    leaveOut("SYS_NICE");
    awaitRollout();
    eachIsAttached();

    await("a bpftrace with them")
        .during(Duration.ofSeconds(10))
        .atMost(SOON)
        .until(AgentProcesses::bpftraceMebibytes, mebibytes -> mebibytes > 70);
  }

  @Test
  void withoutKillAJvmOfAnotherUserIsNotAsked() {
    leaveOut("KILL");
    awaitRollout();
    var pod = shop.pods("stripped").getFirst().getMetadata().getName();
    var snapshots = new Snapshots(client, shop.namespace());
    snapshots.order(
        "unasked",
        new MemorySnapshotSpec(pod, "sidecar", List.of(SnapshotKind.THREAD_DUMP), "1s", List.of()));

    var dump = snapshots.awaitEnd("unasked").artifacts().getFirst();

    assertThat(dump.state()).as("%s", dump.reason()).isNotEqualTo(State.TAKEN);
    assertThat(dump.reason()).contains("no signal may be sent");
  }

  private void leaveOut(String capability) {
    agents()
        .edit(
            agents -> {
              var without = new DaemonSetBuilder(agents).build();
              assertThat(capabilities(without).remove(capability)).as(capability).isTrue();
              return without;
            });
  }

  private static List<String> capabilities(DaemonSet agents) {
    return agents
        .getSpec()
        .getTemplate()
        .getSpec()
        .getContainers()
        .getFirst()
        .getSecurityContext()
        .getCapabilities()
        .getAdd();
  }

  private void awaitRollout() {
    agents()
        .waitUntilCondition(
            agents -> {
              var status = agents.getStatus();
              return Objects.equals(
                      status.getObservedGeneration(), agents.getMetadata().getGeneration())
                  && Objects.equals(
                      status.getUpdatedNumberScheduled(), status.getDesiredNumberScheduled())
                  && Objects.equals(status.getNumberReady(), status.getDesiredNumberScheduled());
            },
            SOON.toSeconds(),
            TimeUnit.SECONDS);
  }

  private void eachIsAttached() {
    await("each is attached")
        .atMost(SOON)
        .until(
            () ->
                Stream.of(probe("sessions", "GoMapGrowth"), probe("sidecar", "JvmCounters"))
                    .allMatch(probe -> probe.filter(CapabilitiesIT::isAttached).isPresent()));
  }

  private static boolean isAttached(ProbeStatus probe) {
    return probe.state().equals("Attached");
  }

  private Optional<ProbeStatus> probe(String container, String probe) {
    var status =
        client
            .resources(MemoryPolicy.class)
            .inNamespace(shop.namespace())
            .withName("stripped")
            .require()
            .getStatus();
    return Stream.ofNullable(status)
        .flatMap(it -> it.watched().stream())
        .filter(watched -> watched.container().equals(container))
        .flatMap(watched -> watched.probes().stream())
        .filter(found -> found.probe().equals(probe))
        .findFirst();
  }

  private Resource<DaemonSet> agents() {
    return client
        .apps()
        .daemonSets()
        .inNamespace(Installation.NAMESPACE)
        .withName(Installation.AGENT);
  }
}

package dev.heapwarden.e2e.product;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.heapwarden.crds.Api;
import dev.heapwarden.crds.policy.ContainerStatus;
import dev.heapwarden.crds.policy.ContainerStatus.ProbeStatus;
import dev.heapwarden.crds.policy.MemoryPolicy;
import dev.heapwarden.crds.policy.MemoryPolicyStatus;
import dev.heapwarden.crds.snapshot.InstanceQuery;
import dev.heapwarden.crds.snapshot.MemorySnapshotSpec;
import dev.heapwarden.crds.snapshot.MemorySnapshotStatus;
import dev.heapwarden.crds.snapshot.MemorySnapshotStatus.Artifact;
import dev.heapwarden.crds.snapshot.MemorySnapshotStatus.Artifact.State;
import dev.heapwarden.crds.snapshot.SnapshotKind;
import dev.heapwarden.e2e.scenario.Shop;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.readiness.Readiness;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.ValueSource;

/** JVMs in pods as people start them: each is asked, or left alone with the reason, and lives. */
@Execution(ExecutionMode.CONCURRENT)
@WithTheProduct
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class JvmIT {
  private static final String WITHOUT_COUNTERS = "without-counters";
  private static final String LOGGING = "logging";
  private static final List<String> WITH_COUNTERS =
      List.of(
          "plain", "read-only", "nameless", "shell", "reduced-signals", "deaf", "attach-disabled");
  private static final List<String> PODS =
      Stream.concat(WITH_COUNTERS.stream(), Stream.of(WITHOUT_COUNTERS, LOGGING)).toList();
  private static final List<SnapshotKind> KINDS =
      List.of(
          SnapshotKind.THREAD_DUMP,
          SnapshotKind.CLASS_HISTOGRAM,
          SnapshotKind.HEAP_INFO,
          SnapshotKind.NATIVE_MEMORY);

  private final KubernetesClient client;
  private final Shop shop;
  private final Snapshots snapshots;
  private Map<String, MemorySnapshotStatus> taken = Map.of();

  JvmIT(KubernetesClient client) {
    this.client = client;
    this.shop = new Shop(client, "jvms");
    this.snapshots = new Snapshots(client, shop.namespace());
  }

  @BeforeAll
  void eachIsAsked() {
    shop.openJvms();
    await("all JVMs serve")
        .atMost(Duration.ofMinutes(2))
        .until(() -> shop.pods("jvms").stream().allMatch(Readiness::isPodReady));
    await("all JVMs are seen")
        .atMost(Duration.ofMinutes(1))
        .until(
            () ->
                watched().size() == PODS.size()
                    && watched().values().stream().allMatch(JvmIT::known));
    PODS.forEach(
        pod -> snapshots.order(pod, new MemorySnapshotSpec(pod, "orders", KINDS, "1s", List.of())));
    taken = PODS.stream().collect(Collectors.toMap(Function.identity(), snapshots::awaitEnd));
  }

  @AfterAll
  void close() {
    shop.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"plain", "read-only", "nameless", "shell", "reduced-signals"})
  void aJvmThatAllowsItIsAskedWithoutAJdkInItsPod(String pod) {
    assertThat(states(pod))
        .containsEntry(SnapshotKind.THREAD_DUMP, State.TAKEN)
        .containsEntry(SnapshotKind.CLASS_HISTOGRAM, State.TAKEN)
        .containsEntry(SnapshotKind.HEAP_INFO, State.TAKEN);
    // It would have to be started with native memory tracking.
    assertThat(states(pod)).containsEntry(SnapshotKind.NATIVE_MEMORY, State.REFUSED);
  }

  @ParameterizedTest
  @FieldSource("WITH_COUNTERS")
  void itsCountersAreReadWhoeverRunsIt(String pod) {
    assertThat(Objects.requireNonNull(watched().get(pod)).runtime()).isEqualTo("JVM");
    assertThat(probe(pod, "JvmCounters").state()).isEqualTo("Attached");
  }

  @Test
  void aJvmWithoutCountersIsShownAsRefusedWithTheReason() {
    assertThat(probe(WITHOUT_COUNTERS, "JvmCounters"))
        .satisfies(probe -> assertThat(probe.state()).isEqualTo("Refused"))
        .satisfies(probe -> assertThat(probe.reason()).contains("-XX:-UsePerfData"));
    var status = policy().orElseThrow();
    assertThat(status.attached()).isLessThan(status.containers());
  }

  @Test
  void theCollectionsOfAJvmWithoutCountersAreReadFromItsContainersLog() {
    assertThat(probe(LOGGING, "JvmGcLog"))
        .satisfies(
            probe -> assertThat(probe.state()).as("%s", probe.reason()).isEqualTo("Attached"));
  }

  /** One that listens from its start was asked above, and lives: it got no signal either. */
  @Test
  void aJvmThatWouldDieOfTheSignalIsNotSentIt() {
    assertThat(states("deaf").values()).containsOnly(State.REFUSED);
    assertThat(reasons("deaf"))
        .allSatisfy(reason -> assertThat(reason).contains("SIGQUIT", "-Xrs"));
  }

  @Test
  void aJvmThatForbidsItIsNotAsked() {
    assertThat(states("attach-disabled").values()).containsOnly(State.REFUSED);
    assertThat(reasons("attach-disabled"))
        .allSatisfy(reason -> assertThat(reason).contains("DisableAttachMechanism"));
    // SIGQUIT would have made it print its threads.
    assertThat(client.pods().inNamespace(shop.namespace()).withName("attach-disabled").getLog())
        .doesNotContain("Full thread dump");
  }

  /** Marked by hand as an isolated pod is: its policy still watches it. */
  @Test
  void whoHoldsAClassIsFoundWhereALongPauseHurtsNobody() {
    assertThat(sample("plain", "in-service"))
        .satisfies(refused -> assertThat(refused.instances()).isNull())
        .satisfies(
            refused ->
                assertThat(refused.artifacts().getFirst().reason())
                    .contains("only an isolated one for longer"));

    client
        .pods()
        .inNamespace(shop.namespace())
        .withName("read-only")
        .edit(
            pod ->
                new PodBuilder(pod)
                    .editMetadata()
                    .addToLabels(Api.QUARANTINE_LABEL, "by-hand")
                    .addToAnnotations(Api.POLICY_ANNOTATION, "jvms")
                    .endMetadata()
                    .build());
    var found = Objects.requireNonNull(sample("read-only", "isolated").instances());
    assertThat(found.instances()).isEqualTo(22_000);
    assertThat(found.holders())
        .singleElement()
        .satisfies(
            holder -> {
              assertThat(holder.root()).isEqualTo("static Orders.CATALOGUE (ArrayList)");
              assertThat(holder.instances()).isEqualTo(5);
            });
    assertThat(client.pods().inNamespace(shop.namespace()).withName("read-only").require())
        .matches(JvmIT::neverRestarted);
  }

  private MemorySnapshotStatus sample(String pod, String name) {
    snapshots.order(
        name,
        new MemorySnapshotSpec(
            pod,
            "orders",
            List.of(SnapshotKind.INSTANCE_SAMPLE),
            "1s",
            List.of(),
            new InstanceQuery("Orders$Article", 5)));
    return snapshots.awaitEnd(name);
  }

  @Test
  void allOfThemAreAlive() {
    assertThat(shop.pods("jvms"))
        .hasSize(PODS.size())
        .allMatch(Readiness::isPodReady)
        .allMatch(JvmIT::neverRestarted);
  }

  private Map<SnapshotKind, State> states(String pod) {
    return Objects.requireNonNull(taken.get(pod)).artifacts().stream()
        .collect(Collectors.toMap(Artifact::kind, Artifact::state));
  }

  private List<String> reasons(String pod) {
    return Objects.requireNonNull(taken.get(pod)).artifacts().stream()
        .map(artifact -> String.valueOf(artifact.reason()))
        .toList();
  }

  private ProbeStatus probe(String pod, String name) {
    return Objects.requireNonNull(watched().get(pod)).probes().stream()
        .filter(probe -> probe.probe().equals(name))
        .findFirst()
        .orElseThrow();
  }

  private Map<String, ContainerStatus> watched() {
    return policy().stream()
        .flatMap(status -> status.watched().stream())
        .collect(Collectors.toMap(ContainerStatus::pod, Function.identity()));
  }

  private Optional<MemoryPolicyStatus> policy() {
    return Optional.ofNullable(
            client
                .resources(MemoryPolicy.class)
                .inNamespace(shop.namespace())
                .withName("jvms")
                .get())
        .map(MemoryPolicy::getStatus);
  }

  private static boolean known(ContainerStatus container) {
    return !container.probes().isEmpty()
        && container.probes().stream().noneMatch(probe -> probe.state().equals("Pending"));
  }

  private static boolean neverRestarted(Pod pod) {
    return pod.getStatus().getContainerStatuses().getFirst().getRestartCount() == 0;
  }
}

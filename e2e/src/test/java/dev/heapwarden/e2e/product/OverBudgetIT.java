package dev.heapwarden.e2e.product;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.heapwarden.crds.policy.ContainerStatus;
import dev.heapwarden.crds.policy.ContainerStatus.ProbeStatus;
import dev.heapwarden.crds.policy.MemoryPolicy;
import dev.heapwarden.crds.policy.MemoryPolicyStatus;
import dev.heapwarden.e2e.scenario.Shop;
import dev.heapwarden.probes.go.GoBinary;
import dev.heapwarden.probes.target.ProcessMemory;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.awaitility.core.ThrowingRunnable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** A program that pays more for being watched than its policy allows. */
@Execution(ExecutionMode.CONCURRENT)
@WithTheProduct
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OverBudgetIT {
  /** {@code int3}: what the kernel writes over the first byte of an instruction with a uprobe. */
  private static final byte TRAP = (byte) 0xcc;

  /** Thirty seconds of hits are looked at before a probe is left out. */
  private static final Duration SOON = Duration.ofMinutes(2);

  private static final String POD_AND_POLICY =
      """
      apiVersion: v1
      kind: Pod
      metadata: {name: tables, labels: {app: tables}}
      spec:
        terminationGracePeriodSeconds: 1
        containers:
        - name: tables
          image: localhost/heapwarden-tables:dev
          imagePullPolicy: IfNotPresent
          resources: {requests: {cpu: 10m, memory: 16Mi}, limits: {memory: 64Mi}}
      ---
      apiVersion: heapwarden.dev/v1alpha1
      kind: MemoryPolicy
      metadata: {name: tables}
      spec:
        selector: {matchLabels: {app: tables}}
        observe: {overheadBudget: 0.1%, interval: 2s, window: 30s, slide: 5s}
      """;

  private final KubernetesClient client;
  private final Shop shop;

  OverBudgetIT(KubernetesClient client) {
    this.client = client;
    this.shop = new Shop(client, "over-budget");
  }

  @BeforeAll
  void open() {
    client
        .resource(
            new NamespaceBuilder()
                .withNewMetadata()
                .withName(shop.namespace())
                .endMetadata()
                .build())
        .serverSideApply();
    shop.apply(POD_AND_POLICY);
  }

  @AfterAll
  void close() {
    shop.close();
  }

  @Test
  void whatCostsTooMuchIsDetachedAndComesBackUnderALargerBudget() {
    soon(() -> assertThat(isTrapped(GoBinary.GROW_SWISS)).as("%s", watched()).isTrue());

    soon(
        () ->
            assertThat(reason("GoMapGrowth"))
                .matches(
                    "narrowed: only maps of [0-9]+ entries and more are told\\. OverBudget: probes"
                        + " took [0-9.]+ % of the container's CPU, of it this probe [0-9.]+ %;"
                        + " 0\\.1 % is allowed; all is told again at \\S+"));
    soon(
        () -> {
          assertThat(isTrapped(GoBinary.GROW_SWISS)).as("growth is watched").isFalse();
          assertThat(isTrapped(GoBinary.SPLIT_SWISS)).as("that of large maps is").isTrue();
        });

    allow("10%");

    soon(
        () -> {
          assertThat(isTrapped(GoBinary.GROW_SWISS)).as("%s", watched()).isTrue();
          assertThat(status("GoMapGrowth"))
              .contains(new ProbeStatus("GoMapGrowth", "Attached", null));
        });
  }

  private void allow(String budget) {
    client
        .resources(MemoryPolicy.class)
        .inNamespace(shop.namespace())
        .withName("tables")
        .patch(
            PatchContext.of(PatchType.JSON_MERGE),
            "{\"spec\":{\"observe\":{\"overheadBudget\":\"%s\"}}}".formatted(budget));
  }

  /** Empty where there is none. */
  private String reason(String probe) {
    return status(probe).map(ProbeStatus::reason).orElse("");
  }

  private Optional<ProbeStatus> status(String probe) {
    return watched().stream()
        .flatMap(watched -> watched.probes().stream())
        .filter(found -> found.probe().equals(probe))
        .findFirst();
  }

  private List<ContainerStatus> watched() {
    return Optional.ofNullable(
            client
                .resources(MemoryPolicy.class)
                .inNamespace(shop.namespace())
                .withName("tables")
                .get())
        .map(MemoryPolicy::getStatus)
        .map(MemoryPolicyStatus::watched)
        .orElse(List.of());
  }

  /**
   * Whether a uprobe is at a function's entry, or where it pushes the frame pointer, as the
   * program's own memory shows.
   */
  private static boolean isTrapped(String function) throws IOException {
    var process = Path.of("/proc", Long.toString(AgentProcesses.of("/tables").pid()));
    var binary = GoBinary.read(process.resolve("exe")).orElseThrow();
    var place = Objects.requireNonNull(binary.functions().get(function), function);
    try (var memory = ProcessMemory.of(process)) {
      var code = memory.read(place.address(), place.toFrame() + 1);
      return code.get(0) == TRAP || code.get(place.toFrame()) == TRAP;
    }
  }

  private static void soon(ThrowingRunnable assertion) {
    await().atMost(SOON).untilAsserted(assertion);
  }
}

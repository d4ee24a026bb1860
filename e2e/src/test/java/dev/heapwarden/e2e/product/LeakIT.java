package dev.heapwarden.e2e.product;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.heapwarden.crds.incident.Step;
import dev.heapwarden.crds.policy.MemoryPolicy;
import dev.heapwarden.crds.snapshot.MemorySnapshot;
import dev.heapwarden.crds.snapshot.MemorySnapshotStatus;
import dev.heapwarden.e2e.monitoring.LiveMetrics;
import dev.heapwarden.e2e.scenario.Shop;
import dev.heapwarden.e2e.scenario.Twins;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.time.Duration;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Isolated;

/**
 * The main job: leaks in Go and in Java through all three levels, while their healthy twins under
 * the same load are left alone; and one that is only watched at first. All unfold at the same time.
 */
@Isolated("one product, and both cores")
@Order(10)
@ExtendWith(Installed.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class LeakIT {
  private static final Duration READY = Duration.ofMinutes(2);
  private static final ZoneId TOKYO = ZoneId.of("Asia/Tokyo");

  private final Shop go;
  private final Shop java;
  private final Shop watched;
  private Set<String> watchedPods = Set.of();
  private Deployment watchedDeployment = new Deployment();

  LeakIT(KubernetesClient client) {
    go = new Shop(client, "leak-go", Twins.GO);
    java = new Shop(client, "leak-java", Twins.JAVA);
    watched = new Shop(client, "leak-dryrun", Twins.GO);
  }

  @BeforeAll
  void allBegin() {
    for (var shop : List.of(go, java, watched)) {
      shop.open(READY);
    }
    watchedPods = watched.podUids(Shop.LEAKING);
    watchedDeployment = deployment();
    go.govern("Enforce");
    java.govern("Enforce");
    watched.govern("DryRun");
  }

  @AfterAll
  void close() {
    go.close();
    java.close();
    watched.close();
  }

  /** A map that keeps every session. */
  @Nested
  class InGo extends AnsweredLeak {
    InGo() {
      super(go, Set.of("MapGrowth"));
    }

    @Test
    void theSnapshotNamesTheMapAndItsWriter() {
      var map = snapshot().maps().getFirst();
      assertThat(map.entriesPerSecond()).isPositive();
      assertThat(map.sites().getFirst().function()).isEqualTo(Shop.SITE);
      assertThat(snapshot().artifacts())
          .extracting(artifact -> artifact.kind().name())
          .contains("MAP_GROWTH", "KERNEL_MEMORY", "GO_HEAP_PROFILE", "GOROUTINES");
    }

    @Test
    void whatHappenedIsInTheMetricsThatAreDocumented() throws Exception {
      new LiveMetrics(go.client()).areDocumented();
    }

    @Test
    void evidenceOfAHealthyPodIsTakenWhenItsTimeComes() {
      var due = ZonedDateTime.now(TOKYO).plusSeconds(20);
      go.client()
          .resources(MemoryPolicy.class)
          .inNamespace(go.namespace())
          .withName(Shop.HEALTHY)
          .patch(
              PatchContext.of(PatchType.JSON_MERGE),
              """
              {"spec": {"observe": {"healthSnapshots": {"schedule": "%d %d %d * * ?", "timeZone": "%s"}}}}
              """
                  .formatted(due.getSecond(), due.getMinute(), due.getHour(), TOKYO));
      var healthy = go.pods(Shop.HEALTHY).stream().map(pod -> pod.getMetadata().getName()).toList();
      await("a snapshot of a healthy pod")
          .atMost(Duration.ofMinutes(2))
          .until(
              () ->
                  go
                      .client()
                      .resources(MemorySnapshot.class)
                      .inNamespace(go.namespace())
                      .list()
                      .getItems()
                      .stream()
                      .filter(snapshot -> healthy.contains(snapshot.getSpec().pod()))
                      .anyMatch(
                          snapshot ->
                              snapshot.getStatus() != null
                                  && snapshot.getStatus().phase()
                                      == MemorySnapshotStatus.Phase.COMPLETED));
    }

    @Test
    void theHealthyTwinIsCalledHealthy() {
      var policy =
          go.client()
              .resources(MemoryPolicy.class)
              .inNamespace(go.namespace())
              .withName(Shop.HEALTHY)
              .require();
      assertThat(policy.getStatus().watched())
          .allSatisfy(container -> assertThat(container.verdict()).isEqualTo("Healthy"));
    }
  }

  /** A cache by a key that is never equal to another. */
  @Nested
  class InJava extends AnsweredLeak {
    InJava() {
      // Unknown where its resident memory bore witness before its classes were counted twice.
      super(java, Set.of("ClassGrowth", "Unknown"));
    }

    @Test
    void theSnapshotHasWhatTheJvmSaid() {
      assertThat(snapshot().artifacts())
          .extracting(artifact -> artifact.kind().name())
          .contains("CLASS_HISTOGRAM", "THREAD_DUMP", "HEAP_INFO", "FLAGS", "KERNEL_MEMORY");
    }

    @Test
    void whoHoldsTheInstancesIsReadFromTheIsolatedPod() {
      var sample = Incidents.step(java.incident().orElseThrow(), "SampleInstances").orElseThrow();
      assertThat(sample.message()).contains("instances of " + Twins.JAVA.site(), "held by static");
    }
  }

  @Test
  @Order(1)
  void aDryRunShowsEveryChangeAndMakesNone() {
    var incident =
        await("every step planned")
            .atMost(Duration.ofMinutes(4))
            .until(
                watched::incident,
                found -> found.flatMap(it -> Incidents.step(it, "AddReplicas")).isPresent())
            .orElseThrow();

    assertThat(incident.getStatus().steps())
        .allSatisfy(
            step -> assertThat(step.state()).as(step.action()).isEqualTo(Step.State.PLANNED));
    assertThat(Incidents.step(incident, "PatchEnvironment").orElseThrow().patch())
        .contains("GOMEMLIMIT");
    assertThat(Incidents.step(incident, "Isolate").orElseThrow().patch())
        .contains("heapwarden.dev~1quarantine");
    assertThat(incident.getStatus().level()).isZero();

    assertThat(watched.podUids(Shop.LEAKING)).isEqualTo(watchedPods);
    assertThat(
            watched
                .client()
                .resources(MemorySnapshot.class)
                .inNamespace(watched.namespace())
                .list()
                .getItems())
        .isEmpty();
    assertThat(deployment().getMetadata().getGeneration())
        .isEqualTo(watchedDeployment.getMetadata().getGeneration());
  }

  /** A person has read the plan and lets something else be done. Java's leak unfolds meanwhile. */
  @Test
  @Order(2)
  void memoryIsRaisedInPlaceAndUndoTakesItBack() {
    var memory = new MemoryInPlace(watched, watchedPods);
    memory.letItBeRaised();
    var raised =
        await("the limit raised")
            .atMost(Duration.ofMinutes(3))
            .until(
                () -> memory.step().filter(step -> step.settledAt() != null), Optional::isPresent)
            .orElseThrow();
    assertThat(raised.state()).as(raised.message()).isEqualTo(Step.State.DONE);
    assertThat(raised.message()).contains("from 512Mi to 640Mi", "in place");
    assertThat(memory.limits()).contains(new Quantity("640Mi"));

    memory.undo();
    await("the limit set back")
        .atMost(Duration.ofMinutes(2))
        .untilAsserted(
            () ->
                assertThat(memory.step())
                    .hasValueSatisfying(
                        step ->
                            assertThat(step.state())
                                .as(step.message())
                                .isEqualTo(Step.State.UNDONE)));
    assertThat(memory.limits()).containsOnly(new Quantity("512Mi"));
    assertThat(deployment().getMetadata().getGeneration())
        .as("the pods' template was never touched")
        .isEqualTo(watchedDeployment.getMetadata().getGeneration());
  }

  private Deployment deployment() {
    return watched
        .client()
        .apps()
        .deployments()
        .inNamespace(watched.namespace())
        .withName(Shop.LEAKING)
        .require();
  }
}

package dev.heapwarden.e2e.product;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.heapwarden.crds.incident.LeakIncident;
import dev.heapwarden.crds.incident.Step;
import dev.heapwarden.crds.policy.MemoryPolicy;
import dev.heapwarden.crds.snapshot.MemorySnapshot;
import dev.heapwarden.crds.snapshot.MemorySnapshotStatus;
import dev.heapwarden.e2e.monitoring.LiveMetrics;
import dev.heapwarden.e2e.scenario.Shop;
import dev.heapwarden.e2e.scenario.Twins;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.time.Duration;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Isolated;

/**
 * The main job: leaks in Go and in Java through all three levels, while their healthy twins under
 * the same load are left alone. Both unfold at the same time. The one in Go is only rehearsed
 * first; then the operator is killed at the intent of each of its changes.
 */
@Isolated("one product, and both cores")
@Order(10)
@ExtendWith(Installed.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LeakIT {
  private static final Duration READY = Duration.ofMinutes(2);
  private static final ZoneId TOKYO = ZoneId.of("Asia/Tokyo");

  private final Shop go;
  private final Shop java;
  private Set<String> healthyInGo = Set.of();
  private Set<String> healthyInJava = Set.of();
  private Rehearsed before = Rehearsed.NOTHING;
  private Rehearsed rehearsed = Rehearsed.NOTHING;
  private @Nullable OperatorKillings killings;

  LeakIT(KubernetesClient client) {
    go = new Shop(client, "leak-go", Twins.GO);
    java = new Shop(client, "leak-java", Twins.JAVA);
  }

  /** What a dry run may not change, and what it shall show. */
  private record Rehearsed(
      Set<String> pods, Long generation, List<MemorySnapshot> snapshots, LeakIncident incident) {
    static final Rehearsed NOTHING = new Rehearsed(Set.of(), 0L, List.of(), new LeakIncident());
  }

  @BeforeAll
  void bothBegin() {
    Stream.of(go, java).parallel().forEach(shop -> shop.open(READY));
    healthyInGo = go.podUids(go.twins().healthy());
    healthyInJava = java.podUids(java.twins().healthy());
    before = now(new LeakIncident());
    java.govern("Enforce");
    go.govern("DryRun");
    rehearsed =
        await("every step planned")
            .atMost(Duration.ofMinutes(4))
            .until(
                () -> go.incident().map(this::now),
                found ->
                    found.flatMap(it -> Incidents.step(it.incident(), "AddReplicas")).isPresent())
            .orElseThrow();
    killings = new OperatorKillings(go);
    go.govern("Enforce");
    takeHealthSnapshotSoon();
  }

  @AfterAll
  void close() {
    if (killings != null) {
      killings.close();
    }
    go.close();
    java.close();
  }

  /** A map that keeps every session. */
  @Nested
  class InGo extends AnsweredLeak {
    InGo() {
      super(go, "MapGrowth", healthyInGo);
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
    void anOperatorKilledBetweenIntentAndOutcomeActsOnce() {
      assertThat(Objects.requireNonNull(killings).at())
          .as("steps at whose intent the operator was killed")
          .hasSizeGreaterThanOrEqualTo(2);
      assertThat(snapshotsOfTheIncident())
          .satisfiesExactlyInAnyOrder(
              name -> assertThat(name).endsWith("-l1"), name -> assertThat(name).endsWith("-l3"));
      assertThat(go.incidents(Shop.LEAKING)).hasSize(1);
      assertThat(go.incident().orElseThrow().getStatus().steps())
          .extracting(Step::action)
          .doesNotHaveDuplicates();
    }

    @Test
    void whatHappenedIsInTheMetricsThatAreDocumented() throws Exception {
      new LiveMetrics(go.client()).areDocumented();
    }

    @Test
    void thePageFaultsOfItsPodsAreCounted() {
      assertThat(new LiveMetrics(go.client()).pageFaults(go.namespace(), Shop.LEAKING))
          .isPositive();
    }

    @Test
    void evidenceOfAHealthyPodIsTakenWhenItsTimeComes() {
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
  }

  /** A cache by a key that is never equal to another. */
  @Nested
  class InJava extends AnsweredLeak {
    InJava() {
      super(java, "ClassGrowth", healthyInJava);
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
  void aDryRunShowsEveryChangeAndMakesNone() {
    var incident = rehearsed.incident();
    assertThat(incident.getStatus().steps())
        .allSatisfy(
            step -> assertThat(step.state()).as(step.action()).isEqualTo(Step.State.PLANNED));
    assertThat(Incidents.step(incident, "PatchEnvironment").orElseThrow().patch())
        .contains("GOMEMLIMIT");
    assertThat(Incidents.step(incident, "Isolate").orElseThrow().patch())
        .contains("heapwarden.dev~1quarantine");
    assertThat(incident.getStatus().level()).isZero();

    assertThat(rehearsed.pods()).isEqualTo(before.pods());
    assertThat(rehearsed.snapshots()).isEmpty();
    assertThat(rehearsed.generation()).isEqualTo(before.generation());
  }

  private Rehearsed now(LeakIncident incident) {
    return new Rehearsed(
        go.podUids(Shop.LEAKING),
        go.client()
            .apps()
            .deployments()
            .inNamespace(go.namespace())
            .withName(Shop.LEAKING)
            .require()
            .getMetadata()
            .getGeneration(),
        go.client().resources(MemorySnapshot.class).inNamespace(go.namespace()).list().getItems(),
        incident);
  }

  private List<String> snapshotsOfTheIncident() {
    var name = go.incident().orElseThrow().getMetadata().getName();
    return go
        .client()
        .resources(MemorySnapshot.class)
        .inNamespace(go.namespace())
        .list()
        .getItems()
        .stream()
        .map(snapshot -> snapshot.getMetadata().getName())
        .filter(snapshot -> snapshot.startsWith(name))
        .toList();
  }

  private void takeHealthSnapshotSoon() {
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
  }
}

package dev.heapwarden.e2e.product;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import dev.heapwarden.crds.incident.Step;
import dev.heapwarden.crds.policy.MemoryPolicy;
import dev.heapwarden.crds.snapshot.MemorySnapshot;
import dev.heapwarden.crds.snapshot.MemorySnapshotStatus;
import dev.heapwarden.crds.snapshot.MemorySnapshotStatus.Artifact;
import dev.heapwarden.crds.snapshot.MemorySnapshotStatus.Artifact.Source;
import dev.heapwarden.crds.snapshot.SnapshotKind;
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
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * The main job: leaks in Go and in Java through all three levels, while their healthy twins under
 * the same load are left alone. Both unfold at the same time. The operator is killed at the intent
 * of each change of the one in Go, at that of the last one two operators lead.
 */
@Execution(ExecutionMode.CONCURRENT)
@Order(0)
@WithTheProduct
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LeakIT {
  private static final Duration READY = Duration.ofMinutes(2);
  private static final ZoneId TOKYO = ZoneId.of("Asia/Tokyo");

  private final Shop go;
  private final Shop java;
  private Set<String> healthyInGo = Set.of();
  private Set<String> healthyInJava = Set.of();
  private @Nullable OperatorKillings killings;

  LeakIT(KubernetesClient client) {
    go = new Shop(client, "leak-go", Twins.GO);
    java = new Shop(client, "leak-java", Twins.JAVA);
  }

  @BeforeAll
  void bothBegin() {
    Stream.of(go, java).parallel().forEach(shop -> shop.open(READY));
    healthyInGo = go.podUids(go.twins().healthy());
    healthyInJava = java.podUids(java.twins().healthy());
    java.govern("Enforce");
    killings = new OperatorKillings(go);
    go.govern("Enforce");
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
      assertThat(map.type()).isEqualTo("map[string]*main.session");
      assertThat(map.sites().getFirst().function()).isEqualTo(Shop.SITE);
      assertThat(map.sites().getFirst().location()).matches("main\\.go:[0-9]+");
      assertThat(taken())
          .extracting(Artifact::kind, Artifact::source)
          .contains(
              tuple(SnapshotKind.MAP_GROWTH, null),
              tuple(SnapshotKind.KERNEL_MEMORY, null),
              tuple(SnapshotKind.GO_HEAP_PROFILE, Source.PPROF),
              tuple(SnapshotKind.GOROUTINES, Source.PPROF),
              tuple(SnapshotKind.MEM_STATS, Source.PROCESS_MEMORY));
    }

    @Test
    void whatWasSetIsSeenInTheRuntimeOfANewPod() {
      assertThat(Incidents.step(go.incident().orElseThrow(), "PatchEnvironment").orElseThrow())
          .extracting(Step::message)
          .asString()
          .contains("in force: GOGC GOMEMLIMIT (seen in pod " + Shop.LEAKING);
    }

    @Test
    void anOperatorKilledBetweenIntentAndOutcomeActsOnce() {
      assertThat(Objects.requireNonNull(killings).at())
          .as("steps at whose intent the operator was killed or paused")
          .hasSizeGreaterThanOrEqualTo(2);
      assertThat(killings.twoLed()).as("two operators led at the last step's intent").isTrue();
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
      takeHealthSnapshotSoon();
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
      assertThat(taken())
          .extracting(Artifact::kind)
          .contains(
              SnapshotKind.CLASS_HISTOGRAM,
              SnapshotKind.THREAD_DUMP,
              SnapshotKind.HEAP_INFO,
              SnapshotKind.FLAGS,
              SnapshotKind.KERNEL_MEMORY);
    }

    @Test
    void whoHoldsTheInstancesIsReadFromTheIsolatedPod() {
      var sample = Incidents.step(java.incident().orElseThrow(), "SampleInstances").orElseThrow();
      assertThat(sample.message()).contains("instances of " + Twins.JAVA.site(), "held by static");
    }
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
    var due = ZonedDateTime.now(TOKYO).plusSeconds(5);
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

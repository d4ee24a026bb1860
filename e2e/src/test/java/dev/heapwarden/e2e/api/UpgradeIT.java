package dev.heapwarden.e2e.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.heapwarden.crds.incident.LeakIncident;
import dev.heapwarden.crds.incident.Phase;
import dev.heapwarden.crds.incident.Step;
import dev.heapwarden.crds.policy.MemoryPolicy;
import dev.heapwarden.crds.snapshot.MemorySnapshot;
import dev.heapwarden.crds.snapshot.MemorySnapshotStatus.Artifact;
import dev.heapwarden.e2e.OwnGroup;
import dev.heapwarden.e2e.cluster.Cluster;
import dev.heapwarden.e2e.scenario.Kubectl;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

/**
 * From an earlier version's CRDs to ours, by the command of docs/install.md. Both in a group of
 * this test's own, so that the CRDs which the other tests stand on are left alone.
 */
@Isolated("kinds come and go, and others list all kinds")
@Order(2)
@ExtendWith(ApiServer.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class UpgradeIT {
  private static final OwnGroup GROUP = new OwnGroup("upgrade.test.heapwarden.dev");
  private static final Path EARLIER = Manifests.ROOT.resolve("e2e/src/test/resources/upgrade");

  private static final String RESIZE =
      """
      kind: MemoryPolicy
      metadata: {name: checkout}
      spec: {respond: {intervene: {resize: {memoryPercent: 125, max: 1Gi}}}}
      """;

  private final Tenant tenant;
  private List<GenericKubernetesResource> before = List.of();
  private List<GenericKubernetesResource> after = List.of();

  UpgradeIT(Tenant tenant) {
    this.tenant = tenant;
  }

  @BeforeAll
  void whatAnEarlierVersionStoredIsThereWhenTheCrdsAreUpgraded(
      Cluster cluster, @TempDir Path directory) throws IOException {
    var kubectl = Kubectl.with(cluster.kubeconfig());
    // What kubectl remembers of the kinds of this cluster shall not outlive them.
    var cache = "--cache-dir=" + directory.resolve("cache");
    var earlier = GROUP.copy(EARLIER.resolve("crds.yaml"), directory);
    kubectl.run(
        cache, "apply", "--server-side", "--field-manager=helm", "--filename", earlier.toString());
    var objects = GROUP.copy(EARLIER.resolve("objects.yaml"), directory);
    before = Manifests.resources(objects).stream().map(this::store).toList();
    assertThatThrownBy(() -> tenant.tryToChange(resource(RESIZE)))
        .hasMessageContaining("intervene.resize");

    var ours = directory.resolve("crds");
    for (var crd : Manifests.in("manifests/chart/crds")) {
      GROUP.copy(crd, ours);
    }
    kubectl.run(
        cache, "apply", "--server-side", "--force-conflicts", "--filename", ours.toString());
    soon(() -> tenant.tryToChange(resource(RESIZE)));
    after = before.stream().map(this::stored).toList();
  }

  @AfterAll
  void close() {
    GROUP.delete(tenant.client());
  }

  @Test
  void everythingIsServedAsItWas() {
    assertThat(before).hasSize(4);
    for (int i = 0; i < before.size(); i++) {
      for (var part : List.of("spec", "status")) {
        assertThat(leaves(after.get(i).get(part)))
            .as("%s of %s", part, after.get(i).getMetadata().getName())
            .containsAllEntriesOf(leaves(before.get(i).get(part)));
      }
    }
  }

  @Test
  void theProgramsOfThisVersionReadIt() {
    var policy = read(0, MemoryPolicy.class);
    assertThat(policy.getSpec().observe().window()).isEqualTo("2m");
    assertThat(policy.getSpec().respond().intervene().resize()).isNull();
    assertThat(policy.getStatus().watched().getFirst().verdict()).isEqualTo("Confirmed");

    var incident = read(2, LeakIncident.class);
    assertThat(incident.getSpec().response().approvedLevel()).isEqualTo(3);
    assertThat(incident.getStatus().phase()).isEqualTo(Phase.VERIFYING);
    assertThat(incident.getStatus().steps().getFirst().state()).isEqualTo(Step.State.DONE);

    var snapshot = read(3, MemorySnapshot.class);
    assertThat(snapshot.getStatus().artifacts())
        .extracting(Artifact::state)
        .containsExactly(Artifact.State.TAKEN, Artifact.State.REFUSED);
  }

  @Test
  void whatIsNewCanBeUsedInWhatIsOld() {
    var changed = tenant.change(resource(RESIZE));
    assertThat(leaves(changed.get("spec")))
        .containsEntry(".respond.intervene.resize.memoryPercent", 125)
        .containsEntry(".respond.intervene.go.memoryLimitPercent", 90);
  }

  @Test
  void whatIsForbiddenNowIsRefused() {
    assertRefused(
        RESIZE.replace("125", "80"), "resize.memoryPercent", "greater than or equal to 101");
    assertRefused(
        """
        kind: MemoryPolicy
        metadata: {name: checkout}
        spec: {respond: {isolate: {ttl: ''}}}
        """,
        "must be a duration such as 1h30m, 5m or 15s");
    assertRefused(
        """
        kind: LeakIncident
        metadata: {name: checkout-leak}
        spec: {target: {kind: Deployment, name: other, uid: u-1, container: app, policy: checkout, episode: 1}}
        """,
        "target is immutable");
  }

  /** Kubernetes looks again only at what changes. */
  @Test
  void whatWasAllowedThenStaysUntilItIsChanged() {
    var labelled =
        tenant.change(
            resource(
                """
                kind: MemoryPolicy
                metadata: {name: empty-ttl, labels: {kept: "yes"}}
                """));
    assertThat(labelled.getMetadata().getLabels()).containsEntry("kept", "yes");
    assertThat(labelled.<Object>get("spec", "respond", "isolate", "ttl")).isEqualTo("");
  }

  private void assertRefused(String yaml, String... reasons) {
    assertThatThrownBy(() -> tenant.tryToChange(resource(yaml)))
        .isInstanceOf(KubernetesClientException.class)
        .hasMessageContainingAll(reasons);
  }

  private GenericKubernetesResource store(GenericKubernetesResource object) {
    var status = object.<Object>get("status");
    var created = soon(() -> tenant.create(object));
    created.setAdditionalProperty("status", status);
    return tenant.client().resource(created).updateStatus();
  }

  private GenericKubernetesResource stored(GenericKubernetesResource object) {
    return tenant.client().resource(object).get();
  }

  private <T> T read(int index, Class<T> type) {
    return Serialization.unmarshal(
        Serialization.asYaml(after.get(index)).replace(GROUP.name(), OwnGroup.REAL), type);
  }

  private static GenericKubernetesResource resource(String yaml) {
    return Serialization.unmarshal(
        "apiVersion: " + GROUP.name() + "/v1alpha1\n" + yaml, GenericKubernetesResource.class);
  }

  /** The API server serves a new kind, or a new schema, a moment after it has accepted it. */
  private static <T> T soon(Callable<T> attempt) {
    return await()
        .atMost(Duration.ofSeconds(30))
        .pollInterval(Duration.ofMillis(200))
        .ignoreExceptions()
        .until(attempt, _ -> true);
  }

  /** The leaves of a tree, by their paths. */
  private static Map<String, Object> leaves(Object tree) {
    var leaves = new TreeMap<String, Object>();
    collect("", tree, leaves);
    return leaves;
  }

  private static void collect(String path, Object tree, Map<String, Object> leaves) {
    switch (tree) {
      case Map<?, ?> map -> map.forEach((name, value) -> collect(path + "." + name, value, leaves));
      case List<?> list -> {
        for (int i = 0; i < list.size(); i++) {
          collect(path + "[" + i + "]", list.get(i), leaves);
        }
      }
      default -> leaves.put(path, tree);
    }
  }
}

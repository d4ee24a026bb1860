package dev.heapwarden.e2e.product;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.heapwarden.crds.AgentAccess;
import dev.heapwarden.crds.snapshot.MemorySnapshot;
import dev.heapwarden.crds.snapshot.MemorySnapshotStatus;
import dev.heapwarden.crds.snapshot.MemorySnapshotStatus.Artifact;
import dev.heapwarden.e2e.cluster.Cluster;
import dev.heapwarden.e2e.product.Curl.Answer;
import dev.heapwarden.e2e.scenario.Installation;
import dev.heapwarden.e2e.scenario.Kubectl;
import dev.heapwarden.e2e.scenario.Shop;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Who may read what from an agent, by the words of a real API server, with curl and kubectl. */
@Execution(ExecutionMode.CONCURRENT)
@WithTheProduct
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AccessIT {
  private static final String SNAPSHOT = "by-hand";
  private static final String FILE = "goroutines.pb.gz";

  private final KubernetesClient client;
  private final Shop shop;
  private final Kubectl kubectl;
  @TempDir private Path directory;
  private Artifact artifact;

  AccessIT(Cluster cluster) {
    client = cluster.client();
    shop = new Shop(client, "access");
    kubectl = Kubectl.with(cluster.kubeconfig());
  }

  @BeforeAll
  void aSnapshotIsTaken() {
    shop.open(Duration.ofMinutes(2));
    shop.govern("Observe");
    for (var role : List.of("admin", "edit", "view")) {
      kubectl.run("-n", shop.namespace(), "create", "serviceaccount", role);
      kubectl.run(
          "-n",
          shop.namespace(),
          "create",
          "rolebinding",
          role,
          "--clusterrole=" + role,
          "--serviceaccount=" + shop.namespace() + ":" + role);
    }
    shop.apply(
        """
        apiVersion: heapwarden.dev/v1alpha1
        kind: MemorySnapshot
        metadata: {name: %s}
        spec: {pod: %s, container: sessions, kinds: [Goroutines]}
        """
            .formatted(SNAPSHOT, shop.pods(Shop.LEAKING).getFirst().getMetadata().getName()));
    artifact =
        await("the snapshot")
            .atMost(Duration.ofMinutes(2))
            .until(
                this::taken,
                status -> status != null && status.phase() == MemorySnapshotStatus.Phase.COMPLETED)
            .artifacts()
            .getFirst();
    assertThat(artifact.path()).endsWith("/" + FILE);
  }

  @AfterAll
  void close() {
    shop.close();
  }

  @Test
  void theOperatorMayReadSamples() throws Exception {
    var answer = samples(token(Installation.NAMESPACE, Installation.OPERATOR));

    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    assertThat(answer.body()).contains("\"samples\":[");
  }

  @Test
  void nobodyElseMayReadSamples() throws Exception {
    assertThat(samples(token(shop.namespace(), "default")))
        .isEqualTo(
            new Answer(
                403,
                "{\"reason\":\"system:serviceaccount:access:default may not get"
                    + " agents/samples.heapwarden.dev in namespace heapwarden-system\"}\n"));
    assertThat(samples(token(shop.namespace(), "admin")).status()).isEqualTo(403);
  }

  @Test
  void aTokenForTheApiServerIsNotAccepted() throws Exception {
    var token =
        kubectl.run("-n", Installation.NAMESPACE, "create", "token", Installation.OPERATOR).strip();

    assertThat(samples(token).status()).isEqualTo(401);
    assertThat(samples("made-up").status()).isEqualTo(401);
  }

  @Test
  void anArtefactIsForTheAdminsOfItsNamespace() throws Exception {
    var path = artifactPath(shop.namespace());
    // The roles are aggregated a moment after they were applied.
    await("the admin's permission")
        .atMost(Duration.ofSeconds(30))
        .until(() -> ask(path, token(shop.namespace(), "admin")).status() == 200);

    assertThat(ask(path, token(shop.namespace(), "edit")).status()).isEqualTo(403);
    assertThat(ask(path, token(shop.namespace(), "view")).status()).isEqualTo(403);
    assertThat(ask(path, token(Installation.NAMESPACE, Installation.OPERATOR)).status())
        .isEqualTo(403);
    assertThat(ask(artifactPath("default"), token(shop.namespace(), "admin")).status())
        .isEqualTo(403);
  }

  @Test
  void anAdminDownloadsAnArtefactAndAViewerDoesNot() throws Exception {
    var output = directory.resolve(FILE);

    assertThat(download("view", output)).contains("403");
    assertThat(output).doesNotExist();

    await("the admin's permission")
        .atMost(Duration.ofSeconds(30))
        .until(() -> download("admin", output).isEmpty());
    assertThat(output).hasSize(Objects.requireNonNull(artifact.size()));
  }

  @Test
  void whoeverDeletesTheCertificateGetsAnother() {
    var before = secret();
    client.resource(before).delete();

    await("a certificate of which the agents already make use")
        .atMost(Duration.ofSeconds(30))
        .ignoreExceptions()
        .until(
            () ->
                !secret().getData().equals(before.getData())
                    && samples(token(Installation.NAMESPACE, Installation.OPERATOR)).status()
                        == 200);
  }

  private Secret secret() {
    return client
        .secrets()
        .inNamespace(Installation.NAMESPACE)
        .withName(AgentAccess.TLS_SECRET)
        .require();
  }

  private MemorySnapshotStatus taken() {
    return client
        .resources(MemorySnapshot.class)
        .inNamespace(shop.namespace())
        .withName(SNAPSHOT)
        .require()
        .getStatus();
  }

  private static String artifactPath(String namespace) {
    return "/v1/namespaces/" + namespace + "/memorysnapshots/" + SNAPSHOT + "/artifacts/" + FILE;
  }

  private String token(String namespace, String account) {
    return kubectl
        .run("-n", namespace, "create", "token", account, "--audience", AgentAccess.AUDIENCE)
        .strip();
  }

  private Answer samples(String token) throws IOException, InterruptedException {
    return ask("/v1/samples", token);
  }

  private Answer ask(String path, String token) throws IOException, InterruptedException {
    return new Curl(client, directory).ask(path, token);
  }

  private String download(String account, Path output) throws IOException, InterruptedException {
    return Curl.run(
        Map.of("KUBECONFIG", kubectl.kubeconfig().toString(), "SERVICE_ACCOUNT", account),
        Path.of(System.getProperty("heapwarden.root"), "manifests/download").toString(),
        shop.namespace(),
        SNAPSHOT,
        FILE,
        output.toString());
  }
}

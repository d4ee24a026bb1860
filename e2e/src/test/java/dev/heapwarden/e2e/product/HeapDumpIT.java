package dev.heapwarden.e2e.product;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.heapwarden.crds.snapshot.MemorySnapshotSpec;
import dev.heapwarden.crds.snapshot.MemorySnapshotStatus.Artifact;
import dev.heapwarden.crds.snapshot.MemorySnapshotStatus.Artifact.State;
import dev.heapwarden.crds.snapshot.SnapshotKind;
import dev.heapwarden.e2e.cluster.Cluster;
import dev.heapwarden.e2e.scenario.Kubectl;
import dev.heapwarden.e2e.scenario.Shop;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.readiness.Readiness;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** A heap dump that a person orders, of a JVM that nobody waits for, and downloads. */
@Execution(ExecutionMode.CONCURRENT)
@WithTheProduct
class HeapDumpIT {
  private static final String NAMESPACE = "heap-dump";
  private static final String FILE = "heap.hprof.gz";

  /** OpenJDK, src/hotspot/share/services/heapDumper.cpp. */
  private static final String HEADER = "JAVA PROFILE 1.0.2\0";

  private static final String PROGRAM =
      """
      apiVersion: heapwarden.dev/v1alpha1
      kind: MemoryPolicy
      metadata: {name: orders}
      spec:
        selector: {matchLabels: {app: orders}}
        observe: {interval: 2s, window: 30s, slide: 5s, trendHorizon: 10m, warmUp: 30s}
      ---
      apiVersion: v1
      kind: Pod
      metadata:
        name: orders
        labels: {app: orders, heapwarden.dev/quarantine: by-hand}
        annotations: {heapwarden.dev/policy: orders}
      spec:
        terminationGracePeriodSeconds: 1
        containers:
        - name: orders
          image: localhost/heapwarden-orders:dev
          imagePullPolicy: IfNotPresent
          env: [{name: JDK_JAVA_OPTIONS, value: "-Xmx160m"}]
          readinessProbe: {httpGet: {path: /healthz, port: 8080}, periodSeconds: 1}
          resources: {requests: {cpu: 10m, memory: 64Mi}, limits: {memory: 384Mi}}
      """;

  private final KubernetesClient client;
  private final Kubectl kubectl;
  private final Shop shop;
  private final Snapshots snapshots;
  @TempDir private Path directory;

  HeapDumpIT(Cluster cluster) {
    client = cluster.client();
    kubectl = Kubectl.with(cluster.kubeconfig());
    shop = new Shop(client, NAMESPACE);
    snapshots = new Snapshots(client, NAMESPACE);
  }

  @AfterEach
  void close() {
    shop.close();
  }

  @Test
  void itIsWholeAndTheJvmLives() throws Exception {
    kubectl.run("create", "namespace", NAMESPACE);
    kubectl.run("-n", NAMESPACE, "create", "serviceaccount", "admin");
    kubectl.run(
        "-n",
        NAMESPACE,
        "create",
        "rolebinding",
        "admin",
        "--clusterrole=admin",
        "--serviceaccount=" + NAMESPACE + ":admin");
    shop.apply(PROGRAM);
    await("the JVM serves").atMost(Duration.ofMinutes(2)).until(() -> Readiness.isPodReady(pod()));

    var artifact = dump();
    var file = downloaded();

    assertThat(file).hasSize(Objects.requireNonNull(artifact.size()));
    var digest = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file));
    assertThat(HexFormat.of().formatHex(digest)).isEqualTo(artifact.sha256());
    try (var dump = new GZIPInputStream(Files.newInputStream(file))) {
      assertThat(new String(dump.readNBytes(HEADER.length()), StandardCharsets.US_ASCII))
          .isEqualTo(HEADER);
      assertThat(dump.readAllBytes()).as("22,000 articles").hasSizeGreaterThan(1 << 20);
    }
    assertThat(pod()).matches(Readiness::isPodReady);
    assertThat(pod().getStatus().getContainerStatuses().getFirst().getRestartCount()).isZero();
  }

  private Artifact dump() {
    snapshots.order(
        "by-hand",
        new MemorySnapshotSpec(
            "orders", "orders", List.of(SnapshotKind.HEAP_DUMP), "1s", List.of()));
    var artifact = snapshots.awaitEnd("by-hand").artifacts().getFirst();
    assertThat(artifact.state()).as("%s", artifact.reason()).isEqualTo(State.TAKEN);
    return artifact;
  }

  private Path downloaded() {
    var file = directory.resolve(FILE);
    // The roles are aggregated a moment after they were applied.
    await("the admin's permission")
        .atMost(Duration.ofSeconds(30))
        .until(
            () ->
                Curl.run(
                        Map.of(
                            "KUBECONFIG",
                            kubectl.kubeconfig().toString(),
                            "SERVICE_ACCOUNT",
                            "admin"),
                        Path.of(System.getProperty("heapwarden.root"), "manifests/download")
                            .toString(),
                        NAMESPACE,
                        "by-hand",
                        FILE,
                        file.toString())
                    .isEmpty());
    return file;
  }

  private Pod pod() {
    return client.pods().inNamespace(NAMESPACE).withName("orders").require();
  }
}

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
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.readiness.Readiness;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * Heap dumps that a person orders of isolated JVMs whose one liveness probe that fails kills them:
 * after three seconds, of which a dump may take half.
 */
@Execution(ExecutionMode.CONCURRENT)
@WithTheProduct
class TightLivenessIT {
  private static final String NAMESPACE = "tight-liveness";

  /** For the kubelet to notice: three seconds of a probe, and one between two. */
  private static final long NOTICED_SECONDS = 6;

  private static final Path SOURCE =
      Path.of(System.getProperty("heapwarden.root")).resolve("e2e/programs/holds/Holds.java");

  private static final String POLICY =
      """
      apiVersion: heapwarden.dev/v1alpha1
      kind: MemoryPolicy
      metadata: {name: holds}
      spec:
        selector: {matchLabels: {app: holds}}
        observe: {interval: 2s, window: 30s, slide: 5s, trendHorizon: 10m, warmUp: 30s}
      """;

  private static final String PROGRAM =
      """
      apiVersion: v1
      kind: Pod
      metadata:
        name: holds-%1$d
        labels: {app: holds, heapwarden.dev/quarantine: by-hand}
        annotations: {heapwarden.dev/policy: holds}
      spec:
        terminationGracePeriodSeconds: 1
        containers:
        - name: holds
          image: localhost/heapwarden-orders:dev
          imagePullPolicy: IfNotPresent
          command: [java, -Xmx768m, -cp, /program, Holds, "%1$d"]
          startupProbe: {httpGet: {path: /healthz, port: 8080}, periodSeconds: 1, failureThreshold: 120}
          livenessProbe: {httpGet: {path: /healthz, port: 8080}, periodSeconds: 1, timeoutSeconds: 3, failureThreshold: 1}
          resources: {requests: {cpu: 10m, memory: 64Mi}, limits: {memory: 1200Mi}}
          volumeMounts: [{name: program, mountPath: /program}]
        volumes: [{name: program, configMap: {name: program}}]
      """;

  private final KubernetesClient client;
  private final Kubectl kubectl;
  private final Shop shop;
  private final Snapshots snapshots;
  @TempDir private Path directory;

  TightLivenessIT(Cluster cluster) {
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
  void aDumpOfSixMegabytesIsTakenAndOneOfFourHundredRefusedAndBothLive() throws Exception {
    kubectl.run("create", "namespace", NAMESPACE);
    client.resource(program()).create();
    shop.apply(POLICY + "---\n" + PROGRAM.formatted(6) + "---\n" + PROGRAM.formatted(400));
    await("the JVMs serve")
        .atMost(Duration.ofMinutes(2))
        .until(() -> Readiness.isPodReady(pod(6)) && Readiness.isPodReady(pod(400)));

    var small = dump(6);
    var large = dump(400);

    assertThat(small.state()).as("%s", small.reason()).isEqualTo(State.TAKEN);
    assertThat(large.state()).isEqualTo(State.REFUSED);
    assertThat(large.reason()).contains("its liveness probe kills it after 3.0 s");
    TimeUnit.SECONDS.sleep(NOTICED_SECONDS);
    for (var pod : List.of(pod(6), pod(400))) {
      assertThat(pod).matches(Readiness::isPodReady);
      assertThat(pod.getStatus().getContainerStatuses().getFirst().getRestartCount()).isZero();
    }
  }

  /** It is no leak: whoever orders a snapshot need not wait for one. */
  private Artifact dump(int megabytes) {
    var name = "of-" + megabytes;
    snapshots.order(
        name,
        new MemorySnapshotSpec(
            "holds-" + megabytes, "holds", List.of(SnapshotKind.HEAP_DUMP), "1s", List.of()));
    return snapshots.awaitEnd(name).artifacts().getFirst();
  }

  private ConfigMap program() throws IOException {
    assertThat(
            ToolProvider.getSystemJavaCompiler()
                .run(
                    null,
                    null,
                    null,
                    "--release",
                    "17",
                    "-d",
                    directory.toString(),
                    SOURCE.toString()))
        .isZero();
    var compiled = Files.readAllBytes(directory.resolve("Holds.class"));
    return new ConfigMapBuilder()
        .withNewMetadata()
        .withName("program")
        .withNamespace(NAMESPACE)
        .endMetadata()
        .withBinaryData(Map.of("Holds.class", Base64.getEncoder().encodeToString(compiled)))
        .build();
  }

  private Pod pod(int megabytes) {
    return client.pods().inNamespace(NAMESPACE).withName("holds-" + megabytes).require();
  }
}

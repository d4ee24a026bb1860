package dev.heapwarden.e2e.cluster;

import static org.awaitility.Awaitility.await;

import dev.heapwarden.e2e.ClusterExtension;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

@Execution(ExecutionMode.CONCURRENT)
@ExtendWith(ClusterExtension.class)
class ClusterIT {
  private static final String NAMESPACE = "cluster-it";

  private static final String SHOP =
      """
      apiVersion: v1
      kind: Namespace
      metadata: {name: cluster-it}
      ---
      apiVersion: v1
      kind: Pod
      metadata: {name: checkout, namespace: cluster-it, labels: {app: checkout}}
      spec:
        containers:
        - {name: app, image: "localhost/heapwarden-sessions:dev", imagePullPolicy: Never}
      ---
      apiVersion: v1
      kind: Service
      metadata: {name: checkout, namespace: cluster-it}
      spec: {selector: {app: checkout}, ports: [{port: 80, targetPort: 8080}]}
      ---
      apiVersion: v1
      kind: Pod
      metadata: {name: load, namespace: cluster-it}
      spec:
        containers:
        - name: app
          image: localhost/heapwarden-load:dev
          imagePullPolicy: Never
          args: ["-rate=20", "http://checkout.cluster-it.svc.cluster.local"]
      """;

  @Test
  void podsReachAServiceByItsName(KubernetesClient client) {
    var shop = client.load(new ByteArrayInputStream(SHOP.getBytes(StandardCharsets.UTF_8)));
    shop.serverSideApply();
    try {
      var load = client.pods().inNamespace(NAMESPACE).withName("load");
      await()
          .atMost(Duration.ofMinutes(2))
          .pollInterval(Duration.ofSeconds(1))
          .ignoreExceptions()
          .until(() -> load.getLog().contains(" 0.0 failures/s"));
    } finally {
      shop.delete();
    }
  }
}

package dev.heapwarden.e2e.corpus;

import dev.heapwarden.crds.AgentAccess;
import dev.heapwarden.detection.sample.SampleBatch;
import dev.heapwarden.e2e.scenario.Installation;
import dev.heapwarden.e2e.scenario.Kubectl;
import dev.heapwarden.operator.collect.Agent;
import dev.heapwarden.operator.collect.AgentClient;
import dev.heapwarden.operator.collect.AgentToken;
import dev.heapwarden.operator.collect.Cursor;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.LocalPortForward;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Objects;

/** Reads the one agent of the cluster's node as the operator does, by the operator's own client. */
final class AgentLine implements AutoCloseable {
  private final KubernetesClient cluster;
  private final AgentClient client;
  private Way way;
  private Cursor cursor = Cursor.START;

  /** Through the API server: the node's network is its own. */
  private record Way(LocalPortForward forward, Agent agent) {}

  private AgentLine(KubernetesClient cluster, AgentClient client, Way way) {
    this.cluster = cluster;
    this.client = client;
    this.way = way;
  }

  static AgentLine open(KubernetesClient cluster, Kubectl kubectl) throws IOException {
    var client = new AgentClient(new AgentToken(token(kubectl)));
    client.trust(authorities(cluster));
    return new AgentLine(cluster, client, way(cluster));
  }

  private static Way way(KubernetesClient cluster) {
    var pod =
        cluster
            .pods()
            .inNamespace(Installation.NAMESPACE)
            .withLabel("app.kubernetes.io/component", "agent")
            .list()
            .getItems()
            .getFirst();
    var forward =
        cluster
            .pods()
            .inNamespace(Installation.NAMESPACE)
            .withName(pod.getMetadata().getName())
            .portForward(AgentAccess.PORT);
    return new Way(
        forward,
        new Agent(
            pod.getMetadata().getName(),
            pod.getMetadata().getUid(),
            pod.getSpec().getNodeName(),
            URI.create("https://127.0.0.1:" + forward.getLocalPort())));
  }

  /** What came since, a page. */
  SampleBatch next() throws IOException, InterruptedException {
    var batch = client.samples(way.agent, cursor);
    cursor = Cursor.after(batch);
    return batch;
  }

  /** A new way to the agent, after one has failed; what it says goes on where it was left. */
  void reopen() throws IOException {
    way.forward.close();
    way = way(cluster);
  }

  @Override
  public void close() throws IOException {
    client.close();
    way.forward.close();
  }

  /** The operator's, for three hours. */
  private static Path token(Kubectl kubectl) throws IOException {
    var file = Files.createTempFile("token", null);
    file.toFile().deleteOnExit();
    return Files.writeString(
        file,
        kubectl.run(
            "-n",
            Installation.NAMESPACE,
            "create",
            "token",
            Installation.OPERATOR,
            "--audience=" + AgentAccess.AUDIENCE,
            "--duration=3h"));
  }

  private static List<X509Certificate> authorities(KubernetesClient cluster) throws IOException {
    var pem =
        Objects.requireNonNull(
            cluster
                .configMaps()
                .inNamespace(Installation.NAMESPACE)
                .withName(AgentAccess.AUTHORITIES_MAP)
                .require()
                .getData()
                .get(AgentAccess.AUTHORITIES));
    try {
      return CertificateFactory.getInstance("X.509")
          .generateCertificates(new ByteArrayInputStream(pem.getBytes(StandardCharsets.UTF_8)))
          .stream()
          .map(X509Certificate.class::cast)
          .toList();
    } catch (CertificateException e) {
      throw new IOException("the agents' authorities cannot be read", e);
    }
  }
}

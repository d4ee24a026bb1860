package dev.heapwarden.probes.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.heapwarden.crds.Api;
import dev.heapwarden.probes.access.ApiClient;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodListBuilder;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ClusterPodsTest {
  private HttpServer server;
  private List<Pod> pods = List.of();
  private int status = 200;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          try (exchange) {
            var list = new PodListBuilder().withItems(pods).build();
            var bytes = Serialization.asJson(list).getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", "application/json");
            exchange.sendResponseHeaders(status, bytes.length);
            exchange.getResponseBody().write(bytes);
          }
        });
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  @Test
  void anotherReadyPodOfTheOwnerServes() {
    var asking = pod("1", "set", "True");
    pods = List.of(asking, pod("2", "set", "True"));

    assertThat(isServedWithout(asking)).isTrue();
  }

  @Test
  void neitherOthersPodsNorItselfNorThoseThatDoNotServeCount() {
    var asking = pod("1", "set", "True");
    pods =
        List.of(
            asking,
            pod("2", "other", "True"),
            pod("3", "set", "False"),
            new PodBuilder(pod("4", "set", "True"))
                .editMetadata()
                .withDeletionTimestamp("2026-01-01T00:00:00Z")
                .endMetadata()
                .build(),
            new PodBuilder(pod("5", "set", "True"))
                .editMetadata()
                .addToLabels(Api.QUARANTINE_LABEL, "leak-1")
                .endMetadata()
                .build());

    assertThat(isServedWithout(asking)).isFalse();
  }

  @Test
  void whereNobodyTellsItIsTakenForTheLast() {
    var bare =
        new PodBuilder(pod("1", "set", "True"))
            .editMetadata()
            .withOwnerReferences()
            .endMetadata()
            .build();
    pods = List.of(bare, pod("2", "set", "True"));
    assertThat(isServedWithout(bare)).isFalse();

    status = 403;
    assertThat(isServedWithout(pod("1", "set", "True"))).isFalse();
  }

  private boolean isServedWithout(Pod pod) {
    try (var client = ApiClient.of(server)) {
      return ClusterPods.isServedWithout(client, pod);
    }
  }

  private static Pod pod(String uid, String owner, String ready) {
    return new PodBuilder()
        .withNewMetadata()
        .withNamespace("shop")
        .withName("web-" + uid)
        .withUid(uid)
        .addNewOwnerReference()
        .withApiVersion("apps/v1")
        .withKind("ReplicaSet")
        .withName(owner)
        .withUid(owner)
        .withController(true)
        .endOwnerReference()
        .endMetadata()
        .withNewStatus()
        .addNewCondition()
        .withType("Ready")
        .withStatus(ready)
        .endCondition()
        .endStatus()
        .build();
  }
}

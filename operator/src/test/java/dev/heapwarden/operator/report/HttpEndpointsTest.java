package dev.heapwarden.operator.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class HttpEndpointsTest {
  private final HttpClient http = HttpClient.newHttpClient();
  private final AtomicBoolean ready = new AtomicBoolean();
  private volatile Optional<String> problem = Optional.empty();
  private final Measures measures = new Measures();
  private HttpEndpoints endpoints;

  @BeforeEach
  void listen() throws IOException {
    endpoints = new HttpEndpoints(0, measures, () -> problem, ready::get);
  }

  @AfterEach
  void close() {
    endpoints.close();
    http.close();
  }

  @Test
  void isReadyOnlyOnceItSaysSo() throws Exception {
    assertThat(get("/readyz").statusCode()).isEqualTo(503);
    assertThat(get("/healthz").statusCode()).isEqualTo(200);

    ready.set(true);

    assertThat(get("/readyz").statusCode()).isEqualTo(200);
  }

  @Test
  void whatCannotWorkAnyMoreIsUnhealthyAndSaysWhy() throws Exception {
    problem = Optional.of("an informer has stopped");

    assertThat(get("/healthz").statusCode()).isEqualTo(503);
    assertThat(get("/healthz").body()).isEqualTo("an informer has stopped\n");
  }

  @Test
  void metricsCarryTheProductsName() throws Exception {
    measures.collectFailed();

    assertThat(get("/metrics").body())
        .contains("heapwarden_operator_collect_failures_total 1.0")
        .contains("heapwarden_operator_evaluation_seconds_count 0");
  }

  private HttpResponse<String> get(String path) throws Exception {
    return http.send(
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + endpoints.port() + path)).build(),
        HttpResponse.BodyHandlers.ofString());
  }
}

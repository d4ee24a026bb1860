package dev.heapwarden.probes.endpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heapwarden.detection.sample.Signal;
import io.micrometer.core.instrument.binder.jvm.ClassLoaderMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Map;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExpositionTest {
  @Test
  void whatClientGolangTellsIsReadInEitherFormat() throws IOException {
    var older = Exposition.read(new ByteArrayInputStream(Recorded.clientGolang()));
    var newer = Exposition.read(new ByteArrayInputStream(Recorded.openMetrics()));

    assertThat(older.figures())
        .containsOnlyKeys(
            Signal.GOROUTINES,
            Signal.HEAP_SYS,
            Signal.HEAP_IN_USE,
            Signal.HEAP_IDLE,
            Signal.HEAP_RELEASED,
            Signal.SPAN_IN_USE,
            Signal.ALLOCATED_OBJECTS,
            Signal.FREED_OBJECTS,
            Signal.ALLOCATED_BYTES,
            Signal.FREED_BYTES,
            Signal.REQUESTS,
            Signal.REQUEST_TIME,
            Signal.FAILED_REQUESTS)
        .containsEntry(Signal.GOROUTINES, 6.0)
        .containsEntry(Signal.ALLOCATED_OBJECTS, 568.0)
        .containsEntry(Signal.REQUESTS, 2.0)
        .containsEntry(Signal.FAILED_REQUESTS, 0.0)
        .containsEntry(Signal.REQUEST_TIME, 0.2);
    assertThat(newer.figures())
        .containsOnlyKeys(older.figures().keySet())
        .containsEntry(Signal.ALLOCATED_OBJECTS, 724.0)
        .containsEntry(Signal.REQUESTS, 2.0);
    assertThat(older.malformed() + newer.malformed()).isZero();
    assertThat(older.bytes()).isEqualTo(Recorded.clientGolang().length);
  }

  @Test
  void whatMicrometerTellsOfAJvmAndItsRequestsIsRead() throws IOException {
    var registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    new JvmMemoryMetrics().bindTo(registry);
    new JvmThreadMetrics().bindTo(registry);
    new ClassLoaderMetrics().bindTo(registry);
    registry.timer("http.server.requests", "uri", "/a").record(Duration.ofSeconds(2));
    registry.timer("http.server.requests", "uri", "/b").record(Duration.ofSeconds(4));
    var direct = ByteBuffer.allocateDirect(8 << 20);

    var figures = Exposition.read(Recorded.text(registry.scrape())).figures();

    assertThat(figures)
        .containsEntry(Signal.REQUESTS, 2.0)
        .containsEntry(Signal.REQUEST_TIME, 6.0)
        .containsKeys(Signal.LOADED_CLASSES, Signal.THREADS);
    assertThat(figures.get(Signal.METASPACE))
        .isCloseTo(registry.get("jvm.memory.used").tag("id", "Metaspace").gauge().value(), TEN);
    assertThat(figures.get(Signal.DIRECT_MEMORY)).isGreaterThanOrEqualTo(direct.capacity());
  }

  @Test
  void whatClientJavaAndSimpleclientTellIsRead() throws IOException {
    assertThat(
            told(
                """
                jvm_threads_current 12.0
                jvm_classes_currently_loaded 900
                jvm_memory_pool_used_bytes{pool="Metaspace"} 4.2E7
                jvm_memory_pool_used_bytes{pool="G1 Old Gen"} 1e9
                jvm_buffer_pool_used_bytes{pool="direct"} 8192
                jvm_buffer_pool_used_bytes{pool="mapped"} 5
                jvm_gc_collection_seconds_sum{gc="G1 Young Generation"} 1.5
                jvm_gc_collection_seconds_sum{gc="G1 Old Generation"} 0.5
                jvm_gc_collection_seconds_sum{gc="G1 Concurrent GC"} 100
                jvm_gc_collection_seconds_sum{gc="ZGC Major Cycles"} 100
                """))
        .isEqualTo(
            Map.of(
                Signal.THREADS, 12.0,
                Signal.LOADED_CLASSES, 900.0,
                Signal.METASPACE, 4.2e7,
                Signal.DIRECT_MEMORY, 8192.0,
                Signal.GC_PAUSE_TIME, 2.0));
    assertThat(told("jvm_memory_pool_bytes_used{pool=\"Metaspace\",} 7.0\n"))
        .isEqualTo(Map.of(Signal.METASPACE, 7.0));
  }

  @Test
  void ofSeveralNamesOfOneThingOneCounts() throws IOException {
    assertThat(
            told(
                """
                http_requests_total{code="200"} 7
                http_requests_total{code="500"} 1
                http_request_duration_seconds_count 5
                http_request_duration_seconds_sum 2.5
                go_memstats_alloc_bytes_total 100
                go_gc_heap_allocs_bytes_total 101
                go_memstats_alloc_bytes 40
                """))
        .isEqualTo(
            Map.of(
                Signal.REQUESTS, 5.0,
                Signal.REQUEST_TIME, 2.5,
                Signal.ALLOCATED_BYTES, 100.0,
                Signal.FREED_BYTES, 60.0));
  }

  @Test
  void labelsMayHoldWhatElseEndsThemAndTimesAndExamplesAreLeftOut() throws IOException {
    assertThat(
            told(
                """
                http_requests_total{path="/a} 1 \\"q\\" \\\\",code = "200"} 3 1700000000000
                http_requests_total{path="b"} 4 # {trace_id="x"} 0.67 1.5
                """))
        .isEqualTo(Map.of(Signal.REQUESTS, 7.0, Signal.FAILED_REQUESTS, 0.0));
  }

  /** As Micrometer, OpenTelemetry and client_golang name it. */
  @Tag("E19")
  @ParameterizedTest
  @CsvSource({
    "http_server_requests_seconds_count, status",
    "http_server_request_duration_seconds_count, http_response_status_code",
    "http_requests_total, code"
  })
  void requestsThatTheServerFailedInAreCounted(String name, String label) throws IOException {
    assertThat(
            told(
                """
                NAME{LABEL="200"} 7
                NAME{LABEL="404"} 2
                NAME{LABEL="500"} 3
                NAME{LABEL="503",path="/b"} 1
                """
                    .replace("NAME", name)
                    .replace("LABEL", label)))
        .isEqualTo(Map.of(Signal.REQUESTS, 13.0, Signal.FAILED_REQUESTS, 4.0));
  }

  @Test
  void whatIsNoLevelOrCountIsLeftOut() throws IOException {
    assertThat(
            told(
                """
                go_goroutines NaN
                go_memstats_heap_sys_bytes -1
                go_memstats_heap_idle_bytes +Inf
                go_memstats_mallocs_total 1e308
                go_memstats_mallocs_total 1e308
                go_memstats_frees_total 5
                """))
        .isEqualTo(Map.of(Signal.FREED_OBJECTS, 5.0));
  }

  @Test
  void linesOfAnotherFormAreCountedAndLeftOut() throws IOException {
    var told =
        Exposition.read(
            Recorded.text(
                """
                go_goroutines 5
                go_goroutines
                go_memstats_heap_sys_bytes 0x1p3
                go_memstats_heap_sys_bytes 12f
                go_memstats_heap_sys_bytes{a="b} 1
                {"go_memstats_heap_sys_bytes"} 1
                9lives 1
                http_requests_total{path="%s"} 1
                """
                    .formatted("a".repeat(20_000))));

    assertThat(told.figures()).isEqualTo(Map.of(Signal.GOROUTINES, 5.0));
    assertThat(told.malformed()).isEqualTo(7);
  }

  @Test
  void whatTellsNothingKnownSaysWhatItIsInstead() {
    assertRefused("<!doctype html>\n<p>Sign in: secret</p>\n", "its answer is a web page");
    assertRefused("{\"secret\": 1}", "its answer has no line of Prometheus' text format");
    assertRefused("", "its answer has no line of Prometheus' text format");
    assertRefused(
        """
        # TYPE secret_total counter
        secret_total{a="b"} 1
        secret_total{a="c"} 1
        more_seconds_bucket{le="1"} 1
        more_seconds_sum 1
        more_seconds_count 1
        """,
        "no metric in it is known: 2 others");
  }

  private static final Percentage TEN = Percentage.withPercentage(10);

  private static Map<Signal, Double> told(String text) throws IOException {
    return Exposition.read(Recorded.text(text)).figures();
  }

  private static void assertRefused(String text, String reason) {
    assertThatThrownBy(() -> Exposition.read(Recorded.text(text)))
        .isInstanceOf(EndpointException.class)
        .hasMessage(reason);
  }
}

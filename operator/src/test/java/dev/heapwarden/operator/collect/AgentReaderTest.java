package dev.heapwarden.operator.collect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import dev.heapwarden.detection.sample.SampleBatch;
import dev.heapwarden.operator.report.Measures;
import dev.heapwarden.operator.tls.Credential;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AgentReaderTest {
  private final Map<String, SampleBatch> answers = new ConcurrentHashMap<>();
  private final List<String> asked = Collections.synchronizedList(new ArrayList<>());
  private final SampleStore store = new SampleStore(Duration.ofSeconds(30));
  private final Measures measures = new Measures();
  private final Credential authority = Credential.authority(Instant.now());
  @TempDir private Path directory;
  private AgentClient client;
  private AgentReader reader;
  private TlsAgent server;
  private Agent agent;

  @BeforeEach
  void serve() throws Exception {
    client = new AgentClient(TlsAgent.token(directory));
    client.trust(List.of(authority.certificate()));
    reader = new AgentReader(client, store, Clock.fixed(Answers.START, ZoneOffset.UTC), measures);
    var json =
        JsonMapper.builder()
            .addModule(new JavaTimeModule())
            .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
            .build();
    server =
        TlsAgent.certifiedBy(
            authority,
            exchange -> {
              try (exchange) {
                var question = exchange.getRequestURI().getQuery();
                asked.add(question);
                var body = json.writeValueAsBytes(answers.get(question));
                exchange.sendResponseHeaders(200, body.length);
                exchange.getResponseBody().write(body);
              }
            });
    agent = new Agent("agent-1", "uid", "node-1", server.agent().address());
    store.agents(List.of(agent), Answers.START);
  }

  @AfterEach
  void stop() {
    client.close();
    server.close();
  }

  @Test
  void aRestartedOperatorReadsABusyAgentToTheEndAtOnce() throws Exception {
    answers.put("since=none:0", page(true, true, 900, 901, 902));
    answers.put("since=e:902", page(false, true, 903, 904));
    answers.put("since=e:904", page(false, false, 905));

    reader.readOn(agent);

    assertThat(asked).containsExactly("since=none:0", "since=e:902", "since=e:904");
    assertThat(store.sight("node-1", Answers.CHECKOUT, Answers.START))
        .extracting(Answers.Told::of)
        .isEqualTo(new Answers.Told(6, 905));
    assertThat(measures.scrape()).contains("heapwarden_operator_samples_dropped_total 0.0");
  }

  @Test
  void anAgentThatHasMoreButGivesNothingIsNotAskedForEver() {
    answers.put("since=none:0", page(true, true));

    assertThatThrownBy(() -> reader.readOn(agent))
        .isInstanceOf(IOException.class)
        .hasMessage("it says that there are more samples, and gives none");
    assertThat(asked).hasSize(1);
  }

  private static SampleBatch page(boolean reset, boolean more, long... sequences) {
    var samples =
        java.util.Arrays.stream(sequences)
            .mapToObj(sequence -> Answers.reading(sequence, Answers.CHECKOUT))
            .toList();
    return new SampleBatch(
        "e",
        samples.isEmpty() ? 0 : samples.getLast().sequence(),
        reset ? 899 : 0,
        reset,
        more,
        List.of(Answers.state(Answers.CHECKOUT)),
        samples);
  }
}

package dev.heapwarden.operator.collect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import com.sun.net.httpserver.HttpExchange;
import dev.heapwarden.crds.policy.MemoryPolicy;
import dev.heapwarden.crds.policy.MemoryPolicySpec;
import dev.heapwarden.crds.policy.Observe;
import dev.heapwarden.crds.policy.Respond;
import dev.heapwarden.crds.policy.RuntimeChoice;
import dev.heapwarden.detection.feature.Feature;
import dev.heapwarden.detection.feature.Frame;
import dev.heapwarden.detection.feature.Recording;
import dev.heapwarden.detection.sample.Origin;
import dev.heapwarden.detection.sample.Sample;
import dev.heapwarden.detection.sample.SampleBatch;
import dev.heapwarden.detection.sample.Signal;
import dev.heapwarden.detection.verdict.Verdict;
import dev.heapwarden.operator.evaluate.AssessmentBook;
import dev.heapwarden.operator.evaluate.Evaluator;
import dev.heapwarden.operator.evaluate.PolicyRules;
import dev.heapwarden.operator.evaluate.Workloads;
import dev.heapwarden.operator.report.Measures;
import dev.heapwarden.operator.tls.Credential;
import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An operator that stops and starts beside an agent that goes on, over the real protocol. */
class RestartTest {
  private static final int PAGE = 500;
  private static final double MIB = 1 << 20;
  private static final Duration WINDOW = Duration.ofMinutes(5);

  private static final JsonMapper JSON =
      JsonMapper.builder()
          .addModule(new JavaTimeModule())
          .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
          .build();

  private final Credential authority = Credential.authority(Instant.now());
  private final List<Sample> buffer = leak(Duration.ofHours(4));
  private volatile int told = buffer.size();
  @TempDir private Path directory;
  private TlsAgent server;

  @BeforeEach
  void serve() throws Exception {
    server = TlsAgent.certifiedBy(authority, this::answer);
  }

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void aRestartedOperatorSaysTheVeryVerdictThatItWouldHaveSaid() throws Exception {
    told = buffer.size() / 2;
    try (var first = new Life()) {
      assertThat(first.verdict()).isInstanceOf(Verdict.Confirmed.class);
      told = buffer.size();
      await().until(first::hasReadEverything);
      var before = first.verdict();

      try (var restarted = new Life()) {
        assertThat(restarted.verdict()).isEqualTo(before).isInstanceOf(Verdict.Confirmed.class);
      }
    }
  }

  /** The agent's pages come one after the other; half of them would show half of the leak. */
  @Test
  void aRestartedOperatorSaysNothingUntilItHasReadEverything() throws Exception {
    try (var restarted = new Life()) {
      assertThat(restarted.verdict().evidence().features())
          .hasEntrySatisfying(
              "collections",
              // Those of the four hours less warm-up; at its end they are known by the dozen.
              count -> assertThat(count).isCloseTo(4 * 240.0 - 20, within(27.0)));
    }
  }

  /** The operator's own parts, from the collector to the verdict. */
  private final class Life implements AutoCloseable {
    private final SampleStore store = new SampleStore(Duration.ofDays(1));
    private final AssessmentBook book = new AssessmentBook();
    private final Measures measures = new Measures();
    private final Collector collector;

    Life() throws Exception {
      collector =
          new Collector(
              new OneAgent(),
              TlsAgent.token(directory),
              store,
              Duration.ofMillis(100),
              Clock.fixed(now(), ZoneOffset.UTC),
              measures);
      collector.trust(List.of(authority.certificate()));
      collector.start();
    }

    Verdict verdict() {
      await().until(() -> sight() instanceof Sight.Watched);
      var found =
          new Evaluator(
                  store,
                  new Workloads(new KubernetesClientBuilder().build(), (_, _) -> Optional.empty()),
                  book,
                  measures)
              .evaluate(policy(), PolicyRules.compile(policy()), List.of(pod()), now());
      return Objects.requireNonNull(found.getFirst().assessment()).verdict();
    }

    boolean hasReadEverything() {
      return sight() instanceof Sight.Watched(_, Recording samples)
          && samples
              .in(new Frame(Answers.START, Duration.ZERO, WINDOW, Duration.ofHours(24)))
              .at(now())
              .value(Feature.COLLECTIONS)
              .equals(Optional.of(told / 2.0));
    }

    private Sight sight() {
      return store.sight("node", Answers.CHECKOUT, now());
    }

    @Override
    public void close() {
      collector.close();
    }
  }

  private final class OneAgent implements Agents {
    @Override
    public List<Agent> agents() {
      return List.of(server.agent());
    }

    @Override
    public boolean synced() {
      return true;
    }
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      var question = exchange.getRequestURI().getQuery();
      boolean goesOn = question.startsWith("since=epoch:");
      int from = goesOn ? Integer.parseInt(question.substring("since=epoch:".length())) : 0;
      int to = Math.min(told, from + PAGE);
      var body =
          JSON.writeValueAsBytes(
              new SampleBatch(
                  "epoch",
                  to,
                  0,
                  !goesOn,
                  to < told,
                  List.of(Answers.state(Answers.CHECKOUT)),
                  buffer.subList(from, to)));
      exchange.sendResponseHeaders(200, body.length);
      exchange.getResponseBody().write(body);
    }
  }

  /** A reading and a collection every 15 s, which gain 72 MiB an hour. */
  private static List<Sample> leak(Duration time) {
    var noise = new Random(1);
    var samples = new ArrayList<Sample>();
    for (int age = 15; age <= time.toSeconds(); age += 15) {
      double lost = 0.02 * MIB * age;
      add(samples, age, Origin.CGROUP, Map.of(Signal.ANONYMOUS_MEMORY, 200 * MIB + lost));
      add(
          samples,
          age,
          Origin.GO_GC_UPROBE,
          Map.of(Signal.POST_GC_LIVE_HEAP, (80 * MIB + lost) * (0.99 + 0.02 * noise.nextDouble())));
    }
    return samples;
  }

  private static void add(
      List<Sample> samples, int age, Origin origin, Map<Signal, Double> values) {
    samples.add(
        new Sample(
            samples.size() + 1,
            Answers.START.plusSeconds(age),
            Answers.CHECKOUT,
            origin,
            values,
            null));
  }

  private Instant now() {
    return buffer.get(told - 1).at();
  }

  private static MemoryPolicy policy() {
    var policy = new MemoryPolicy();
    policy.getMetadata().setName("checkout");
    policy.getMetadata().setNamespace("shop");
    policy.getMetadata().setUid("policy");
    policy.getMetadata().setGeneration(1L);
    policy.setSpec(
        new MemoryPolicySpec(
            new LabelSelector(),
            List.of(),
            RuntimeChoice.AUTO,
            Observe.defaults(),
            List.of(),
            Respond.defaults()));
    return policy;
  }

  private static Pod pod() {
    var key = Answers.CHECKOUT;
    return new PodBuilder()
        .withNewMetadata()
        .withName(key.pod())
        .withNamespace(key.namespace())
        .withUid(key.podUid())
        .endMetadata()
        .withNewSpec()
        .withNodeName("node")
        .endSpec()
        .withNewStatus()
        .withPhase("Running")
        .addNewContainerStatus()
        .withName(key.container())
        .withContainerID("containerd://" + key.containerId())
        .withNewState()
        .withNewRunning()
        .endRunning()
        .endState()
        .endContainerStatus()
        .endStatus()
        .build();
  }
}

package dev.heapwarden.probes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.heapwarden.detection.sample.Attachment;
import dev.heapwarden.detection.sample.Attachment.State;
import dev.heapwarden.detection.sample.Origin;
import dev.heapwarden.detection.sample.Sample;
import dev.heapwarden.detection.sample.Signal;
import dev.heapwarden.probes.buffer.Position;
import dev.heapwarden.probes.buffer.SampleBuffer;
import dev.heapwarden.probes.cost.Cause;
import dev.heapwarden.probes.cost.Spending;
import dev.heapwarden.probes.go.GoPrograms;
import dev.heapwarden.probes.go.Sites;
import dev.heapwarden.probes.sample.Ledger;
import dev.heapwarden.probes.sample.WallClock;
import dev.heapwarden.probes.target.Endpoint;
import dev.heapwarden.probes.target.Offers;
import dev.heapwarden.probes.target.Target;
import dev.heapwarden.probes.target.Web;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** On a real Go program that offers expvar and metrics. */
@Timeout(120)
class OfferedReadingsTest {
  private static final Endpoint NOT_NAMED = new Endpoint.NotNamed();

  private static Process program;
  private static int port;

  private final SampleBuffer buffer = new SampleBuffer(1_000, 1_000, new Random(1));
  private final Ledger ledger =
      new Ledger(buffer, new Sites(), WallClock.system(), Path.of("/proc"));
  private final AtomicLong now = new AtomicLong();
  private final Spending spending = new Spending(now::get, InstantSource.system());
  private final OfferedReadings readings = new OfferedReadings(ledger, spending);

  @BeforeAll
  static void start() throws IOException {
    program =
        new ProcessBuilder(GoPrograms.build("go-offers", "offers", "local").toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    port = Integer.parseInt(program.inputReader().readLine());
  }

  @AfterAll
  static void stop() {
    program.destroyForcibly();
  }

  @AfterEach
  void end() {
    readings.close();
  }

  @Test
  void whatAProgramOffersBecomesSamplesOfTheSourceThatTold() {
    var both = target("both", at("/metrics"), at("/debug/vars"));
    awaitAnswers(both);

    assertThat(readings.attachments(both))
        .containsExactly(
            new Attachment("Metrics", State.ATTACHED, null),
            new Attachment("Expvar", State.ATTACHED, null));
    assertThat(told(Origin.PROMETHEUS).getFirst().values())
        .containsOnlyKeys(
            Signal.GOROUTINES,
            Signal.HEAP_SYS,
            Signal.ALLOCATED_OBJECTS,
            Signal.REQUESTS,
            Signal.FAILED_REQUESTS);
    assertThat(told(Origin.EXPVAR).getFirst().values())
        .containsKeys(Signal.HEAP_SYS, Signal.HEAP_IN_USE, Signal.ALLOCATED_BYTES)
        .doesNotContainKey(Signal.GOROUTINES);
    assertThat(told(Origin.PROMETHEUS).getFirst().values().get(Signal.HEAP_SYS))
        .isBetween(1e6, 1e8);
  }

  @Test
  void whatDoesNotTellIsRefusedWithTheReason() throws IOException {
    int nobody;
    try (var free = new ServerSocket(0)) {
      nobody = free.getLocalPort();
    }
    var targets =
        List.of(
            target("nobody", new Endpoint.At("127.0.0.1", nobody, "/metrics"), NOT_NAMED),
            target("elsewhere", at("/nothing"), NOT_NAMED),
            target("vars", at("/debug/vars"), NOT_NAMED),
            target("swapped", NOT_NAMED, at("/metrics")),
            target("of-another", new Endpoint.OfAnother(8080, "proxy"), NOT_NAMED),
            target("host", new Endpoint.Refused("the pod has hostNetwork"), NOT_NAMED));
    awaitAnswers(targets.toArray(Target[]::new));

    assertThat(targets.stream().flatMap(target -> readings.attachments(target).stream()))
        .extracting(Attachment::state, Attachment::reason)
        .allSatisfy(told -> assertThat(told.toList().getFirst()).isEqualTo(State.REFUSED))
        .extracting(told -> told.toList().get(1))
        .containsExactly(
            "nobody answers at its port",
            "it answered 404",
            "its answer has no line of Prometheus' text format",
            "its answer is no JSON object",
            "the pod has hostNetwork");
    assertThat(told(Origin.PROMETHEUS)).isEmpty();
  }

  @Test
  void howeverManyDoNotAnswerTheOthersAreReadAtOnce() throws IOException {
    try (var silent = new ServerSocket(0, 200, InetAddress.getLoopbackAddress())) {
      var hung =
          IntStream.range(0, 20)
              .mapToObj(
                  i ->
                      target(
                          "hung" + i,
                          new Endpoint.At("127.0.0.1", silent.getLocalPort(), "/metrics"),
                          NOT_NAMED));
      var sound = target("sound", at("/metrics"), NOT_NAMED);
      var all = Stream.concat(hung, Stream.of(sound)).toList();
      ledger.targets(all);
      readings.read(all);

      await()
          .atMost(Duration.ofSeconds(4))
          .untilAsserted(() -> assertThat(state(sound)).isEqualTo(State.ATTACHED));
      assertThat(state(all.getFirst())).isEqualTo(State.PENDING);
      await()
          .atMost(Duration.ofSeconds(30))
          .untilAsserted(
              () ->
                  assertThat(readings.attachments(all.getFirst()))
                      .containsExactly(
                          new Attachment("Metrics", State.REFUSED, "no answer within 5 s")));
    }
  }

  @Test
  void aProgramIsNotAskedAgainBeforeItsTime() {
    var target = target("often", at("/metrics"), NOT_NAMED);
    awaitAnswers(target);
    for (int i = 0; i < 50; i++) {
      readings.read(List.of(target));
    }
    // Another one is asked after all that was begun before.
    awaitAnswers(target, target("other", at("/debug/vars"), NOT_NAMED));

    assertThat(told(Origin.PROMETHEUS)).hasSize(1);
  }

  @Test
  void anAnswerCountsAsCostAndIsLeftOutWhereItIsTooMuch() {
    var target =
        new Target(
            Web.allowing(
                Web.watched(Web.key("dear"), new Offers(NOT_NAMED, at("/metrics"), NOT_NAMED)),
                0.001),
            Optional.empty(),
            List.of());
    spending.targets(List.of(target));
    spending.ran(target, 0);
    awaitAnswers(target);
    now.addAndGet(Duration.ofSeconds(31).toNanos());
    spending.ran(target, 1_000_000);

    assertThat(spending.overhead(target.container().key()).orElseThrow().seconds())
        .containsOnlyKeys(Cause.METRICS);
    assertThat(readings.attachments(target).getFirst().reason()).startsWith("OverBudget: ");
  }

  private void awaitAnswers(Target... targets) {
    var all = List.of(targets);
    ledger.targets(all);
    readings.read(all);
    await()
        .atMost(Duration.ofSeconds(30))
        .until(
            () ->
                all.stream()
                    .flatMap(target -> readings.attachments(target).stream())
                    .noneMatch(attachment -> attachment.state() == State.PENDING));
  }

  private State state(Target target) {
    return readings.attachments(target).getFirst().state();
  }

  private List<Sample> told(Origin origin) {
    return buffer.since(new Position("", 0)).samples().stream()
        .filter(sample -> sample.origin() == origin)
        .toList();
  }

  private static Endpoint at(String path) {
    return new Endpoint.At("127.0.0.1", port, path);
  }

  private static Target target(String container, Endpoint metrics, Endpoint expvar) {
    return new Target(
        Web.watched(Web.key(container), new Offers(NOT_NAMED, metrics, expvar)),
        Optional.empty(),
        List.of());
  }
}

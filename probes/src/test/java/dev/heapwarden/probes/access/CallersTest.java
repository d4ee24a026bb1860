package dev.heapwarden.probes.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class CallersTest {
  private static final Optional<String> OPERATOR = Optional.of("Bearer operator@heapwarden-agent");
  private static final Question SAMPLES = Question.samples("heapwarden");

  private final AtomicLong nanos = new AtomicLong();
  private Reviewer apiServer;
  private KubernetesClient client;
  private Callers callers;

  @BeforeEach
  void theOperatorMayReadSamples() throws IOException {
    apiServer = new Reviewer();
    apiServer.rights.put("operator", Set.of("agents/samples heapwarden/"));
    apiServer.rights.put("stranger", Set.of());
    client = apiServer.client();
    callers = new Callers(new AccessReviews(client), nanos::get);
  }

  @AfterEach
  void stop() {
    client.close();
    apiServer.close();
  }

  @Test
  void whoMayIsLetInAndTheApiServerIsNotAskedEachTime() throws Exception {
    assertThat(callers.rule(OPERATOR, SAMPLES)).isEqualTo(new Ruling.Allowed("operator"));
    pass(Callers.FRESH.minusSeconds(1));
    assertThat(callers.rule(OPERATOR, SAMPLES)).isEqualTo(new Ruling.Allowed("operator"));
    assertThat(apiServer.asked).hasValue(2);

    pass(Duration.ofSeconds(1));
    var _ = callers.rule(OPERATOR, SAMPLES);
    assertThat(apiServer.asked).hasValue(4);
  }

  @Test
  void whoMayNoLongerIsRefusedWithinSeconds() throws Exception {
    var _ = callers.rule(OPERATOR, SAMPLES);
    apiServer.rights.put("operator", Set.of());
    pass(Callers.FRESH);

    assertThat(callers.rule(OPERATOR, SAMPLES)).isInstanceOf(Ruling.Denied.class);
    assertThat(callers.rule(OPERATOR, SAMPLES)).isInstanceOf(Ruling.Denied.class);
  }

  @Test
  void aPermissionForOneThingIsNoneForAnother() throws Exception {
    var _ = callers.rule(OPERATOR, SAMPLES);

    assertThat(callers.rule(OPERATOR, Question.artifacts("shop", "s1")))
        .isEqualTo(
            new Ruling.Denied(
                "operator",
                "operator may not get memorysnapshots/artifacts.heapwarden.dev s1 in namespace"
                    + " shop"));
  }

  @Test
  void aTokenForTheApiServerItselfIsNotAccepted() throws Exception {
    assertThat(callers.rule(Optional.of("Bearer operator@https://kubernetes"), SAMPLES))
        .isInstanceOf(Ruling.Unknown.class);
  }

  @Test
  void whoBringsNoTokenIsNotEvenAskedAbout() throws Exception {
    assertThat(callers.rule(Optional.empty(), SAMPLES)).isInstanceOf(Ruling.Unknown.class);
    assertThat(callers.rule(Optional.of("Basic b3BlcmF0b3I="), SAMPLES))
        .isInstanceOf(Ruling.Unknown.class);
    assertThat(callers.rule(Optional.of("Bearer " + "x".repeat(20_000)), SAMPLES))
        .isInstanceOf(Ruling.Unknown.class);
    assertThat(apiServer.asked).hasValue(0);
  }

  @Test
  void whileTheApiServerIsAwayOnlyWhatItAllowedHoldsAndForAMinute() throws Exception {
    var stranger = Optional.of("Bearer stranger@heapwarden-agent");
    var _ = callers.rule(OPERATOR, SAMPLES);
    var _ = callers.rule(stranger, SAMPLES);
    apiServer.failure.set(500);

    pass(Callers.STALE.minusSeconds(1));
    assertThat(callers.rule(OPERATOR, SAMPLES)).isEqualTo(new Ruling.Allowed("operator"));
    assertThat(callers.rule(stranger, SAMPLES)).isInstanceOf(Ruling.Unsaid.class);

    pass(Duration.ofSeconds(1));
    assertThat(callers.rule(OPERATOR, SAMPLES)).isInstanceOf(Ruling.Unsaid.class);

    apiServer.failure.set(0);
    assertThat(callers.rule(OPERATOR, SAMPLES)).isEqualTo(new Ruling.Allowed("operator"));
  }

  @Test
  void whatTheAgentMayNotAskIsNotTakenForAPermission() throws Exception {
    apiServer.failure.set(403);

    assertThat(callers.rule(OPERATOR, SAMPLES))
        .isEqualTo(
            new Ruling.Unsaid("the API server did not say whether the caller may: HTTP 403"));
  }

  @Test
  void aFloodOfStrangersDoesNotPushOutWhoMay() throws Exception {
    var _ = callers.rule(OPERATOR, SAMPLES);
    for (int i = 0; i <= Callers.REMEMBERED; i++) {
      var _ = callers.rule(Optional.of("Bearer nobody" + i + "@x"), SAMPLES);
    }
    int before = apiServer.asked.get();

    assertThat(callers.rule(OPERATOR, SAMPLES)).isEqualTo(new Ruling.Allowed("operator"));
    assertThat(apiServer.asked).hasValue(before);
  }

  /** More of them than there are turns, of whom the API server is slow to say anything. */
  @Test
  void strangersDoNotKeepOutWhoMay() throws Exception {
    var _ = callers.rule(OPERATOR, SAMPLES);
    pass(Callers.FRESH);
    var letGo = new CountDownLatch(1);
    apiServer.slow.put("nobody", letGo);
    int before = apiServer.asked.get();
    try (var strangers = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 20; i++) {
        var token = Optional.of("Bearer nobody" + i + "@x");
        var _ = strangers.submit(() -> callers.rule(token, SAMPLES));
      }
      try {
        await().until(() -> apiServer.asked.get() >= before + Callers.AT_A_TIME);
        apiServer.rights.put("operator", Set.of());

        assertThat(callers.rule(OPERATOR, SAMPLES)).isInstanceOf(Ruling.Denied.class);
        assertThat(apiServer.asked).hasValue(before + Callers.AT_A_TIME + 2);
      } finally {
        letGo.countDown();
      }
    }
  }

  private void pass(Duration time) {
    nanos.addAndGet(time.toNanos());
  }
}

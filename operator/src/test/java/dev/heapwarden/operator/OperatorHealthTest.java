package dev.heapwarden.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.heapwarden.operator.collect.AgentDirectory;
import dev.heapwarden.operator.collect.AgentToken;
import dev.heapwarden.operator.collect.Collector;
import dev.heapwarden.operator.collect.SampleStore;
import dev.heapwarden.operator.report.Measures;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class OperatorHealthTest {
  private static final Duration LONG = OperatorHealth.STUCK.plusSeconds(1);

  @Test
  void whoLeadsAndNoLongerAsksAgentsIsToBeRestarted() {
    assertThat(health(true, true, LONG).problem()).contains("no agent was asked for 5 minutes");
    assertThat(health(true, true, Duration.ofSeconds(5)).problem()).isEmpty();
  }

  /** It is ready to take over, and asks nobody. */
  @Test
  void aStandbyIsWell() {
    assertThat(health(true, false, LONG).problem()).isEmpty();
  }

  @Test
  void whoseViewOfTheClusterHasEndedIsToBeRestarted() {
    assertThat(health(false, false, Duration.ZERO).problem()).contains("an informer has stopped");
  }

  @Test
  @SuppressWarnings("try") // Closing it is what is tried.
  void anApiServerThatDoesNotAnswerIsNoReasonForARestart() throws Exception {
    try (var server = new ApiServer((_, _, _) -> ApiServer.Reply.list());
        var directory = new AgentDirectory(server.client(), "heapwarden-system")) {
      assertThat(directory.alive()).isTrue();
      await().until(() -> !directory.synced());
      assertThat(directory.alive()).isTrue();

      directory.close();
      assertThat(directory.alive()).isFalse();
    }
  }

  @Test
  @SuppressWarnings("try") // Closing it is what is tried.
  void roundsGoOnWhateverAgentsSayUntilTheyAreEnded() throws Exception {
    var interval = Duration.ofMillis(20);
    try (var server = new ApiServer((_, _, _) -> ApiServer.Reply.list());
        var directory = new AgentDirectory(server.client(), "heapwarden-system");
        var collector =
            new Collector(
                directory,
                new AgentToken(Path.of("/none")),
                new SampleStore(Duration.ofMinutes(1)),
                interval,
                Clock.systemUTC(),
                new Measures())) {
      await().until(() -> collector.sinceRound().compareTo(interval.multipliedBy(10)) > 0);
      collector.start();
      await().until(() -> collector.sinceRound().compareTo(interval.multipliedBy(5)) < 0);
      Thread.sleep(interval.multipliedBy(20));
      assertThat(collector.sinceRound()).isLessThan(interval.multipliedBy(20));

      collector.close();
      await().until(() -> collector.sinceRound().compareTo(interval.multipliedBy(30)) > 0);
    }
  }

  private static OperatorHealth health(boolean watching, boolean leads, Duration sinceRound) {
    return new OperatorHealth(() -> watching, () -> leads, () -> sinceRound);
  }
}

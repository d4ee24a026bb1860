package dev.heapwarden.operator.collect;

import static dev.heapwarden.operator.collect.Answers.CHECKOUT;
import static dev.heapwarden.operator.collect.Answers.SIDECAR;
import static dev.heapwarden.operator.collect.Answers.START;
import static dev.heapwarden.operator.collect.Answers.agent;
import static dev.heapwarden.operator.collect.Answers.batch;
import static dev.heapwarden.operator.collect.Answers.reading;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heapwarden.operator.collect.Answers.Told;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SampleStoreTest {
  private static final Agent AGENT = agent("a", "node-1");

  private final SampleStore store = new SampleStore(Duration.ofSeconds(30));

  @BeforeEach
  void oneAgent() {
    store.agents(List.of(AGENT), START);
  }

  @Test
  void whatAnAgentSaidOfAContainerIsAtHand() {
    accept("e", 1, 2);
    accept("e", 3);

    assertThat(told()).isEqualTo(new Told(3, 3));
    assertThat(watched().state().runtimeVersion()).isEqualTo("go1.26.8");
    assertThat(store.watched()).isEqualTo(1);
  }

  @Test
  void anAgentThatDoesNotAnswerIsCountedAsSilent() {
    accept("e", 1);
    assertThat(store.silentAgents(START.plusSeconds(30))).isZero();

    assertThat(store.silentAgents(START.plusSeconds(31))).isEqualTo(1);
    assertThat(store.agents()).isEqualTo(1);
    assertThat(store.lag(START.plusSeconds(31))).isEqualTo(Duration.ofSeconds(31));
  }

  @Test
  void afterAResetOnlyWhatTheAgentSaysNowCounts() {
    accept("e", 1, 2);

    store.accept(AGENT, batch("e", List.of(CHECKOUT), List.of(reading(9, CHECKOUT))), true, START);

    assertThat(told()).isEqualTo(new Told(1, 9));
  }

  @Test
  void nobodyIsJudgedByHalfOfAnAnswer() {
    store.accept(
        AGENT, batch("e", List.of(CHECKOUT), List.of(reading(1, CHECKOUT)), true), true, START);
    assertThat(store.sight("node-1", CHECKOUT, START)).isInstanceOf(Sight.NotAsked.class);

    accept("e", 2);

    assertThat(told()).isEqualTo(new Told(2, 2));
  }

  @Test
  void aResetEmptiesAlsoWhatIsNotRepeated() {
    accept("e", 1);

    store.accept(AGENT, batch("f", List.of(CHECKOUT), List.of()), true, START);

    assertThat(told()).isEqualTo(Told.NOTHING);
  }

  @Test
  void nothingIsSaidOfTheContainersOfASilentAgent() {
    accept("e", 1);
    store.failed(AGENT, "Connection refused");

    assertThat(store.sight("node-1", CHECKOUT, START.plusSeconds(30)))
        .isInstanceOf(Sight.Watched.class);
    assertThat(store.sight("node-1", CHECKOUT, START.plusSeconds(31)))
        .isEqualTo(new Sight.Silent("agent-a", START, "Connection refused"));
  }

  @Test
  void anAgentThatNeverAnsweredIsSilentOnceItHadItsTime() {
    assertThat(store.sight("node-1", CHECKOUT, START)).isInstanceOf(Sight.NotAsked.class);
    assertThat(store.sight("node-1", CHECKOUT, START.plusSeconds(31)))
        .isInstanceOf(Sight.Silent.class);
  }

  @Test
  void aContainerThatItsAgentNoLongerListsIsNotJudgedByOldSamples() {
    accept("e", 1);

    store.accept(AGENT, batch("e", List.of(SIDECAR), List.of()), false, START);

    assertThat(store.sight("node-1", CHECKOUT, START)).isEqualTo(new Sight.NotListed("agent-a"));
  }

  @Test
  void aNodeWithoutAnAgentIsToldApartFromOneThatWasNotAskedYet() {
    assertThat(store.sight("node-2", CHECKOUT, START)).isInstanceOf(Sight.NoAgent.class);
    assertThat(new SampleStore(Duration.ofSeconds(30)).sight("node-2", CHECKOUT, START))
        .isInstanceOf(Sight.NotAsked.class);
  }

  @Test
  void aVanishedAgentsContainersAreNoLongerWatched() {
    accept("e", 1);

    store.agents(List.of(), START);

    assertThat(store.sight("node-1", CHECKOUT, START)).isInstanceOf(Sight.NoAgent.class);
    assertThat(store.watched()).isZero();
  }

  @Test
  void aContainerThatNobodyListsIsForgottenAfterAWhile() {
    accept("e", 1);
    store.agents(List.of(AGENT), START.plus(AgentSamples.RETENTION).plusSeconds(1));

    accept("e", 2);

    assertThat(told()).isEqualTo(new Told(1, 2));
  }

  private void accept(String epoch, long... sequences) {
    var samples =
        java.util.Arrays.stream(sequences)
            .mapToObj(sequence -> reading(sequence, CHECKOUT))
            .toList();
    store.accept(AGENT, batch(epoch, List.of(CHECKOUT), samples), false, START);
  }

  /** It may come back under another address, and begins anew. */
  @Test
  void whatAnAgentThatIsGoneSaidIsForgotten() {
    accept("e", 1);
    store.agents(List.of(), START);
    store.agents(List.of(AGENT), START);

    accept("e", 2);

    assertThat(told()).isEqualTo(new Told(1, 2));
  }

  @Test
  void nothingIsTakenOfAnAgentThatIsNotKnown() {
    store.accept(
        agent("b", "node-2"),
        batch("e", List.of(CHECKOUT), List.of(reading(1, CHECKOUT))),
        true,
        START);

    assertThat(store.sight("node-2", CHECKOUT, START)).isInstanceOf(Sight.NoAgent.class);
  }

  private Told told() {
    return Told.of(watched());
  }

  private Sight.Watched watched() {
    return (Sight.Watched) store.sight("node-1", CHECKOUT, START);
  }
}

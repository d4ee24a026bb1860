package dev.heapwarden.operator.collect;

import static java.util.stream.Collectors.groupingBy;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heapwarden.detection.sample.JavaClass;
import dev.heapwarden.detection.sample.Origin;
import dev.heapwarden.detection.sample.Sample;
import java.util.Comparator;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class HistoryTest {
  private final History history = new History(Answers.START);

  @Test
  void holdsABoundedNumberOfSamplesHoweverLongItIsFed() {
    feed(20_000);

    assertThat(history.samples()).hasSizeBetween(History.LIMIT / 2, History.LIMIT);
  }

  @Test
  void reachesBackToTheBeginningAndKeepsTheRecentPastComplete() {
    feed(10_000);

    var sequences = history.samples().stream().map(Sample::sequence).toList();
    assertThat(sequences.getFirst()).isEqualTo(1);
    assertThat(sequences).isSortedAccordingTo(Comparator.naturalOrder());
    assertThat(sequences.subList(sequences.size() - 500, sequences.size()))
        .containsExactlyElementsOf(LongStream.rangeClosed(9_501, 10_000).boxed().toList());
  }

  @Test
  void aTalkativeSourceDoesNotSilenceAnother() {
    for (long i = 1; i <= 10_000; i++) {
      history.add(
          i % 100 == 0
              ? Answers.reading(i, Answers.CHECKOUT)
              : Answers.mapGrowth(i, Answers.CHECKOUT, "0xc000010000"),
          "agent:epoch");
    }

    assertThat(history.samples())
        .filteredOn(sample -> sample.origin() == Origin.CGROUP)
        .hasSizeGreaterThan(15);
  }

  @Test
  void aStormOfMapsThatGrowOnceLeavesWhatOtherSourcesSaidUntouched() {
    feed(300);
    for (long i = 301; i <= 20_000; i++) {
      history.add(Answers.mapGrowth(i, Answers.CHECKOUT, "0x" + i), "agent:epoch");
    }

    assertThat(history.samples())
        .filteredOn(sample -> sample.origin() == Origin.CGROUP)
        .hasSize(300);
    assertThat(history.samples()).isSortedAccordingTo(Comparator.comparingLong(Sample::sequence));
  }

  @Test
  void manyMapsThatGrewOnceEachStayBoundedToo() {
    for (long i = 1; i <= 10_000; i++) {
      history.add(Answers.mapGrowth(i, Answers.CHECKOUT, "0x" + i), "agent:epoch");
    }

    assertThat(history.samples()).hasSizeLessThanOrEqualTo(History.LIMIT);
    assertThat(history.samples().getLast().sequence()).isEqualTo(10_000);
  }

  /** Its first three counts are read as one look: those of two would be another pace. */
  @Test
  void aLookAtTheClassesOfAJvmIsKeptWholeOrGivenUp() {
    int looks = 20;
    long sequence = 0;
    for (int look = 0; look < looks; look++) {
      for (int count = 0; count < 3; count++) {
        for (int named = 0; named < 100; named++) {
          var counted = new JavaClass(7, "shop.Entry" + named, named == 0 ? look : 24);
          history.add(Answers.classCount(++sequence, Answers.CHECKOUT, counted, look), "agent:e");
        }
      }
    }

    var samples = history.samples();
    assertThat(samples).hasSizeLessThanOrEqualTo(History.LIMIT);
    assertThat(samples.getFirst().values()).containsValue(0.0);
    assertThat(samples.getLast().values()).containsValue(looks - 1.0);
    assertThat(
            samples.stream()
                .collect(groupingBy(sample -> sample.subject() + " " + sample.values()))
                .values())
        .allSatisfy(counts -> assertThat(counts).hasSize(3));
  }

  @Test
  void samplesOfAnotherLifeOfTheAgentReplaceTheOlderOnes() {
    history.add(Answers.reading(1, Answers.CHECKOUT), "agent:first");
    history.add(Answers.reading(1, Answers.CHECKOUT), "agent:second");

    assertThat(history.samples()).hasSize(1);
  }

  @Test
  void forgetsWhatIsBeyondTheHorizon() {
    feed(10);

    history.dropBefore(Answers.START.plusSeconds(6));

    assertThat(history.samples()).extracting(Sample::sequence).containsExactly(6L, 7L, 8L, 9L, 10L);
  }

  private void feed(long samples) {
    for (long i = 1; i <= samples; i++) {
      history.add(Answers.reading(i, Answers.CHECKOUT), "agent:epoch");
    }
  }
}

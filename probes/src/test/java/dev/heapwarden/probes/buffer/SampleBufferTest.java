package dev.heapwarden.probes.buffer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heapwarden.detection.sample.ContainerKey;
import dev.heapwarden.detection.sample.Origin;
import dev.heapwarden.detection.sample.Sample;
import dev.heapwarden.detection.sample.Signal;
import java.time.Instant;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SampleBufferTest {
  private static final ContainerKey CONTAINER = new ContainerKey("shop", "pod", "uid", "app", "id");

  private final SampleBuffer buffer = new SampleBuffer(5, 3, new Random(1));

  @Test
  void aReaderThatComesBackGetsWhatIsNewAndNothingTwice() {
    add(2);
    var first = buffer.since(Position.start());
    add(1);
    var second = buffer.since(new Position(first.epoch(), first.last()));

    assertThat(first.samples()).extracting(Sample::sequence).containsExactly(1L, 2L);
    assertThat(second.samples()).extracting(Sample::sequence).containsExactly(3L);
    assertThat(second.reset()).isFalse();
    assertThat(second.dropped()).isZero();
  }

  @Test
  void aReaderThatWasTooSlowIsToldHowManyItMissed() {
    add(1);
    var epoch = buffer.since(Position.start()).epoch();
    add(7);

    var reading = buffer.since(new Position(epoch, 1));

    assertThat(reading.samples()).extracting(Sample::sequence).containsExactly(4L, 5L, 6L);
    assertThat(reading.dropped()).isEqualTo(2);
  }

  @Test
  void whatIsMoreThanAPageComesPageByPageAndNothingIsLeftOut() {
    add(5);

    var first = buffer.since(Position.start());
    assertThat(first.samples()).extracting(Sample::sequence).containsExactly(1L, 2L, 3L);
    assertThat(first.last()).isEqualTo(3);
    assertThat(first.more()).isTrue();

    var second = buffer.since(new Position(first.epoch(), first.last()));
    assertThat(second.samples()).extracting(Sample::sequence).containsExactly(4L, 5L);
    assertThat(second.last()).isEqualTo(5);
    assertThat(second.more()).isFalse();
    assertThat(second.reset()).isFalse();
  }

  @Test
  void whatIsDroppedBetweenTwoPagesIsToldWithTheSecond() {
    add(5);
    var first = buffer.since(Position.start());
    add(5);

    var second = buffer.since(new Position(first.epoch(), first.last()));

    assertThat(second.samples()).extracting(Sample::sequence).containsExactly(6L, 7L, 8L);
    assertThat(second.dropped()).isEqualTo(2);
    assertThat(buffer.size()).isEqualTo(5);
  }

  @Test
  void aReaderOfAnotherLifeOfTheAgentGetsEverythingAndAReset() {
    add(2);

    var reading = buffer.since(new Position("another", 1));

    assertThat(reading.reset()).isTrue();
    assertThat(reading.samples()).hasSize(2);
    assertThat(reading.last()).isEqualTo(2);
  }

  @Test
  void whenNothingIsNewThePositionStays() {
    add(2);
    var epoch = buffer.since(Position.start()).epoch();

    var reading = buffer.since(new Position(epoch, 2));

    assertThat(reading.samples()).isEmpty();
    assertThat(reading.last()).isEqualTo(2);
    assertThat(reading.reset()).isFalse();
  }

  @Test
  void aPositionIsReadBackAsItWasGivenAndNothingElseIs() {
    assertThat(Position.parse("3f2a:17")).contains(new Position("3f2a", 17));
    assertThat(Position.parse("3f2a")).isEmpty();
    assertThat(Position.parse("3f2a:-1")).isEmpty();
    assertThat(Position.parse("3f2a:99999999999999999999")).isEmpty();
  }

  private void add(int count) {
    for (int i = 0; i < count; i++) {
      buffer.add(
          Instant.EPOCH, CONTAINER, Origin.CGROUP, Map.of(Signal.ANONYMOUS_MEMORY, 1.0), null);
    }
  }
}

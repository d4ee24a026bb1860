package dev.heapwarden.detection.feature;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heapwarden.detection.sample.ContainerKey;
import dev.heapwarden.detection.sample.JavaClass;
import dev.heapwarden.detection.sample.MapInstance;
import dev.heapwarden.detection.sample.Origin;
import dev.heapwarden.detection.sample.Sample;
import dev.heapwarden.detection.sample.Signal;
import dev.heapwarden.detection.sample.Subject;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RecordingTest {
  private static final ContainerKey KEY = new ContainerKey("n", "p", "u", "c", "i");
  private static final Frame FRAME =
      new Frame(Instant.EPOCH, Duration.ZERO, Duration.ofMinutes(5), Duration.ofHours(24));

  private final Recording recording = new Recording();

  @Test
  void aTalkativeSourceDoesNotSilenceAnother() {
    for (int second = 0; second < 10_000; second++) {
      add(second, Signal.MAP_ENTRIES, second, map("0xc000"));
      if (second % 100 == 0) {
        add(second, Signal.ANONYMOUS_MEMORY, second, null);
      }
    }

    assertThat(seen().series(Signal.ANONYMOUS_MEMORY).samples()).isEqualTo(100);
    assertThat(seen().maps().getFirst().growths().value(0)).isZero();
  }

  @Test
  void ofManyMapsThatGrewOnceTheLatestAreKept() {
    for (int second = 0; second < 10_000; second++) {
      add(second, Signal.MAP_ENTRIES, second, map("0x" + second));
    }

    assertThat(seen().maps())
        .hasSizeBetween(50, 200)
        .extracting(series -> series.map().address())
        .contains("0x9999", "0x9950");
  }

  @Test
  void aMapThatKeepsGrowingOutlivesAStormOfOthers() {
    for (int second = 0; second < 10_000; second++) {
      add(second, Signal.MAP_ENTRIES, 1, map("0x" + second));
      if (second % 60 == 0) {
        add(second, Signal.MAP_ENTRIES, second, map("0xleak"));
      }
    }

    assertThat(MapTrend.fastest(seen().maps(), FRAME, 10_000))
        .hasValueSatisfying(
            trend -> {
              assertThat(trend.map().address()).isEqualTo("0xleak");
              assertThat(trend.perSecond()).isEqualTo(1);
            });
  }

  /** Its first three counts are read as one look: those of two would be another pace. */
  @Test
  void aLookAtTheClassesOfAJvmIsKeptWholeOrGivenUp() {
    for (int look = 0; look < 1_000; look++) {
      for (int count = 0; count < 3; count++) {
        // The average size of an array changes from look to look.
        var counted = new JavaClass(7, "shop.Entry[]", look);
        add(60 * look + count, Signal.CLASS_INSTANCES, 10 * look + count, counted);
      }
    }

    var counts = seen().classes().getFirst().counts();
    assertThat(counts.size()).isBetween(36, 36 * 6);
    for (int i = 0; i < counts.size(); i += 3) {
      assertThat(counts.value(i) % 10).isZero();
      assertThat(counts.value(i + 2)).isEqualTo(counts.value(i) + 2);
    }
  }

  @Test
  void aSignalThatWasSeenIsRememberedWhenItsPointsAreForgotten() {
    add(10, Signal.POST_GC_LIVE_HEAP, 1, null);
    add(10, Signal.MAP_ENTRIES, 1, map("0xc000"));

    recording.dropBefore(Instant.ofEpochSecond(11));

    assertThat(seen().saw(Signal.POST_GC_LIVE_HEAP)).isTrue();
    assertThat(seen().series(Signal.POST_GC_LIVE_HEAP).isEmpty()).isTrue();
    assertThat(seen().maps()).isEmpty();
    assertThat(seen().saw(Signal.THREADS)).isFalse();
  }

  private static MapInstance map(String address) {
    return new MapInstance(7, address, "main.put");
  }

  private History seen() {
    return recording.in(FRAME);
  }

  private void add(int second, Signal signal, double value, @Nullable Subject subject) {
    recording.add(
        new Sample(
            second,
            Instant.ofEpochSecond(second),
            KEY,
            Origin.CGROUP,
            Map.of(signal, value),
            subject));
  }
}

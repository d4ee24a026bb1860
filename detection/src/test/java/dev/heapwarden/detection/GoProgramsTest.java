package dev.heapwarden.detection;

import static dev.heapwarden.detection.SimulatedContainer.DEFAULTS;
import static dev.heapwarden.detection.SimulatedContainer.DEMO;
import static dev.heapwarden.detection.SimulatedContainer.MIB;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heapwarden.detection.sample.MapInstance;
import dev.heapwarden.detection.sample.Origin;
import dev.heapwarden.detection.sample.Signal;
import dev.heapwarden.detection.verdict.Cause;
import dev.heapwarden.detection.verdict.Layer;
import dev.heapwarden.detection.verdict.Verdict;
import dev.heapwarden.detection.verdict.Witness;
import dev.heapwarden.detection.verdict.Witness.Stance;
import java.time.Duration;
import java.util.Random;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What goroutines and pauses add to the judgement of a Go program. */
class GoProgramsTest {
  private static SimulatedContainer program(long seed, double seconds) {
    return new SimulatedContainer(seed, seconds).liveHeap(3, 0.01, _ -> 20 * MIB);
  }

  /** Each takes 8 KiB of stack, which is no part of the heap. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void goroutinesThatNeverEndAreConfirmedThoughTheHeapStaysFlat(long seed) {
    var verdict =
        program(seed, 150)
            .anonymous(5, 0.005, age -> 45 * MIB + 50 * 8192 * age)
            .goroutines(5, 0.01, age -> 20 + 50 * age)
            .verdict(DEMO, 150);

    assertThat(verdict).isInstanceOf(Verdict.Confirmed.class);
    assertThat(verdict.evidence().layer()).isEqualTo(Layer.APPLICATION);
    assertThat(verdict.evidence().cause()).isEqualTo(Cause.GOROUTINE_GROWTH);
    assertThat(verdict.evidence().sentence())
        .containsPattern("goroutines gain (49|50|51)/s \\(95 % at least [0-9]+\\), 7[0-9]{3} now");
  }

  @Test
  void goroutinesThatNeverEndAreASuspicionWhereTheyTakeNoMemoryToSpeakOf() {
    var verdict =
        program(1, 300)
            .anonymous(5, 0.005, _ -> 145 * MIB)
            .goroutines(5, 0.01, age -> 100 + age)
            .verdict(DEMO, 300);

    assertThat(verdict).isInstanceOf(Verdict.Suspected.class);
    assertThat(verdict.evidence().witnesses())
        .filteredOn(witness -> witness.kind() == Witness.Kind.GOROUTINES)
        .extracting(Witness::stance)
        .containsExactly(Stance.SUPPORTS);
  }

  /** One goroutine and one file each: however many come, they say it once. */
  @Test
  void connectionsThatComeAllMorningAreNotConfirmedWhereNoMemoryGrows() {
    var server =
        program(1, 4 * 3600)
            .anonymous(15, 0.005, _ -> 45 * MIB)
            .goroutines(15, 0.01, age -> 100 + age / 72)
            .reading(15, Origin.CGROUP, Signal.OPEN_FILES, age -> 100 + Math.floor(age / 72));
    for (double age = 600; age <= 4 * 3600; age += 300) {
      assertThat(server.verdict(DEFAULTS, age))
          .as("at %s s", age)
          .isNotInstanceOf(Verdict.Confirmed.class);
    }
  }

  /** 25 minutes would be too late; the heap's own limit is far away. */
  @Test
  void goroutinesThatFillTheMemoryInAQuarterOfAnHourAreConfirmedBefore() {
    var verdict =
        program(1, 1300)
            .cgroup(15, 0.005, age -> 45 * MIB + 0.2 * MIB * age, 512.0 * MIB)
            .goroutines(15, 0.01, age -> 20 + 25 * age)
            .verdict(DEFAULTS, 1300);

    assertThat(verdict).isInstanceOf(Verdict.Confirmed.class);
    assertThat(verdict.evidence().timeToLimit()).isLessThan(Duration.ofMinutes(20));
  }

  /** Ten connections more are no leak, however steadily they came. */
  @Test
  void aFewGoroutinesMoreAreHealthy() {
    var few =
        program(1, 600).anonymous(5, 0.005, _ -> 45 * MIB).goroutines(5, 0, age -> 20 + age / 60);
    for (double age = 120; age <= 600; age += 10) {
      assertThat(few.verdict(DEMO, age)).as("at %s s", age).isInstanceOf(Verdict.Healthy.class);
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void goroutinesThatCameWithTheLoadAndStayAreNotConfirmedAndHealthySoon(long seed) {
    DoubleUnaryOperator load = age -> Math.clamp((age - 60) / 120, 0, 1);
    var ramp =
        program(seed, 900)
            .anonymous(5, 0.005, age -> 45 * MIB + 20 * MIB * load.applyAsDouble(age))
            .goroutines(5, 0.05, age -> 40 + 2000 * load.applyAsDouble(age));
    for (double age = 240; age <= 900; age += 10) {
      assertThat(ramp.verdict(DEMO, age))
          .as("at %s s", age)
          .isNotInstanceOf(Verdict.Confirmed.class);
      if (age >= 400) {
        assertThat(ramp.verdict(DEMO, age)).as("at %s s", age).isInstanceOf(Verdict.Healthy.class);
      }
    }
  }

  /** Beside anonymous memory that grows they would be the second witness. */
  @ParameterizedTest
  @ValueSource(doubles = {0.1, 0.3, 0.5, 0.7, 0.9})
  void aStepOfGoroutinesIsNotConfirmedWhereverItLiesInTheHorizon(double share) {
    DoubleUnaryOperator step = age -> age < share * 7200 ? 0 : 1;
    var program =
        new SimulatedContainer(1, 7200)
            .liveHeap(20, 0.02, _ -> 100 * MIB)
            .anonymous(15, 0.01, age -> 250 * MIB + 0.1 * MIB * age)
            .goroutines(15, 0.1, age -> 200 + 5000 * step.applyAsDouble(age));
    for (double age = 900; age <= 7200; age += 60) {
      assertThat(program.verdict(DEFAULTS, age))
          .as("at %s s", age)
          .isNotInstanceOf(Verdict.Confirmed.class);
    }
  }

  /** Requests in flight: noise that remembers, beside anonymous memory that grows. */
  @Test
  void goroutinesOfRequestsAreHardlyEverASecondWitness() {
    int programs = 100;
    int confirmed = 0;
    for (int seed = 0; seed < programs; seed++) {
      var random = new Random(seed);
      var state = new double[1];
      var verdict =
          program(seed, 600)
              .anonymous(5, 0.01, age -> 90 * MIB + 0.3 * MIB * age)
              .goroutines(
                  5,
                  0,
                  _ -> {
                    state[0] = 0.9 * state[0] + Math.sqrt(0.19) * random.nextGaussian();
                    return 500 * (1 + 0.3 * state[0]);
                  })
              .verdict(DEMO, 600);
      confirmed += verdict instanceof Verdict.Confirmed ? 1 : 0;
    }
    assertThat(confirmed).isLessThanOrEqualTo(programs / 50);
  }

  /** On a machine with more work than processors they are long. */
  @Test
  void longPausesOfAFlatHeapAreHealthy() {
    var crowded = program(1, 600).anonymous(5, 0.005, _ -> 45 * MIB).markTermination(3, _ -> 0.040);
    for (double age = 80; age <= 600; age += 10) {
      var verdict = crowded.verdict(DEMO, age);
      assertThat(verdict).as("at %s s", age).isInstanceOf(Verdict.Healthy.class);
      assertThat(verdict.evidence().features()).containsEntry("mark_termination", 0.040);
    }
  }

  /** It grows in fits and starts, so its trend alone is no witness. */
  @Tag("E4")
  @ParameterizedTest
  @ValueSource(doubles = {0.004, 0.006})
  void longPausesBesideAHeapThatDoesNotFallBackAreASuspicion(double pause) {
    DoubleUnaryOperator stairs =
        age -> Math.min(age, 150) - Math.clamp(age - 150, 0, 300) / 4 + Math.max(0, age - 450);
    var verdict =
        new SimulatedContainer(1, 600)
            .liveHeap(3, 0.001, age -> 20 * MIB + 0.1 * MIB * stairs.applyAsDouble(age))
            .anonymous(5, 0.005, _ -> 150 * MIB)
            .markTermination(3, _ -> pause)
            .verdict(DEMO, 600);

    assertThat(verdict.evidence().features().get("live_heap_steadiness")).isLessThan(0.25);
    if (pause > 0.005) {
      assertThat(verdict).isInstanceOf(Verdict.Suspected.class);
      assertThat(verdict.evidence().sentence()).startsWith("Rule mark-termination holds: ");
    } else {
      assertThat(verdict).isInstanceOf(Verdict.Healthy.class);
    }
  }

  /** What its program calls a cache is one, and this one grows. */
  @ParameterizedTest
  @CsvSource({
    "main.cacheImage, map[string][]uint8",
    "example.com/shop/imagecache.(*Store).Put, map[string]*imagecache.entry",
    "main.put, map[string]*lru.Entry"
  })
  void aMapThatIsCalledACacheIsOneWithoutEviction(String site, String type) {
    var leak =
        new SimulatedContainer(1, 120)
            .liveHeap(3, 0.01, age -> 20 * MIB + 0.5 * MIB * age)
            .swissMap(new MapInstance(7, "0xc000", site, "", type), age -> 310 * age);

    assertThat(leak.verdict(DEMO, 120).evidence().cause()).isEqualTo(Cause.CACHE_WITHOUT_EVICTION);
  }

  /** The map's type says more than that it grows. */
  @ParameterizedTest
  @CsvSource({
    "map[string]*main.session, MAP_GROWTH",
    "'', MAP_GROWTH",
    "map[string][]string, LOG_BUFFER",
    "map[string]*bytes.Buffer, LOG_BUFFER",
    "map[interface {}]*sync.entry, SYNC_MAP"
  })
  void theTypeOfTheMapTellsTheCause(String type, Cause cause) {
    var leak =
        new SimulatedContainer(1, 120)
            .liveHeap(3, 0.01, age -> 20 * MIB + 0.5 * MIB * age)
            .swissMap(new MapInstance(7, "0xc000", "main.f", "", type), age -> 310 * age);

    assertThat(leak.verdict(DEMO, 120)).isInstanceOf(Verdict.Confirmed.class);
    assertThat(leak.verdict(DEMO, 120).evidence().cause()).isEqualTo(cause);
    assertThat(leak.verdict(DEMO, 120).evidence().sentence()).endsWith(cause.advice());
  }
}

package dev.heapwarden.probes.sample;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heapwarden.detection.sample.Origin;
import dev.heapwarden.detection.sample.Signal;
import dev.heapwarden.probes.jvm.JvmFigures;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** On a JVM whose counters come and go, and which writes a log all the while. */
class JvmLedgersTest {
  private final JvmLedgers jvm = new JvmLedgers();

  @Test
  void pausesGoOnWhereTheCountersAreLostAndFoundAgain() {
    counted(7, 0, 1000);
    counted(7, 0, 1002);
    assertThat(pauses()).isEqualTo(1002);

    jvm.loseCounters();
    logged(7, 0, 5);
    logged(7, 0, 6);
    assertThat(pauses()).isEqualTo(1003);

    counted(7, 0, 1004);
    assertThat(pauses()).isEqualTo(1003);
    counted(7, 0, 1007);
    assertThat(pauses()).isEqualTo(1006);
  }

  @Test
  void collectionsGoOnToo() {
    counted(7, 10, 0);
    counted(7, 14, 0);
    jvm.loseCounters();
    logged(7, 0, 0);
    logged(7, 3, 0);
    assertThat(jvm.collections()).isEqualTo(7);
    assertThat(told()).containsEntry(Signal.COLLECTIONS, 7.0);

    counted(7, 30, 0);
    counted(7, 31, 0);
    assertThat(jvm.collections()).isEqualTo(8);
    logged(7, 9, 0);
    assertThat(told()).containsEntry(Signal.COLLECTIONS, 8.0);
  }

  @Test
  void aLiveLevelComesWithTheCollectionsOfAllSources() {
    counted(7, 0, 0);
    counted(7, 4, 0);
    jvm.loseCounters();
    logged(7, 0, 0);
    logged(7, 1, 0);
    logged(7, 2, 0);

    assertThat(jvm.live())
        .isEqualTo(Map.of(Signal.POST_GC_LIVE_HEAP, 50.0, Signal.COLLECTIONS, 6.0));
  }

  @Test
  void aLogThatIsReadAnewAddsWhatIsNew() {
    logged(7, 0, 40);
    logged(7, 0, 42);
    logged(7, 0, 1);
    logged(7, 0, 2);

    assertThat(pauses()).isEqualTo(43);
  }

  @Test
  void whereThereAreNeitherCountersNorALogTheProbesSpeakAndGoOn() {
    counted(7, 0, 1000);
    counted(7, 4, 1002);
    jvm.loseAllButProbes();
    probed(7, 0, 0);
    probed(7, 1, 3);
    probed(7, 2, 4);

    assertThat(jvm.liveOrigin()).isEqualTo(Origin.JVM_USDT);
    assertThat(jvm.values()).containsOnlyKeys(Origin.JVM_USDT);
    assertThat(pauses()).isEqualTo(1006);
    assertThat(jvm.live())
        .isEqualTo(Map.of(Signal.POST_GC_LIVE_HEAP, 50.0, Signal.COLLECTIONS, 6.0));

    logged(7, 0, 5);
    assertThat(jvm.liveOrigin()).isEqualTo(Origin.JVM_GC_LOG);
  }

  /** What it paused before it was looked at is not known to be of now. */
  @Test
  void theNextJvmGoesOn() {
    counted(7, 5, 3);
    jvm.retain(Set.of(8L));
    counted(8, 50, 30);
    counted(8, 51, 31);

    assertThat(pauses()).isEqualTo(4);
    assertThat(jvm.collections()).isEqualTo(1);
  }

  private void counted(long pid, long collections, double pauseSeconds) {
    jvm.read(pid, figures(Origin.HSPERFDATA, collections, pauseSeconds));
  }

  private void logged(long pid, long collections, double pauseSeconds) {
    jvm.read(pid, figures(Origin.JVM_GC_LOG, collections, pauseSeconds));
  }

  private void probed(long pid, long collections, double pauseSeconds) {
    jvm.read(pid, figures(Origin.JVM_USDT, collections, pauseSeconds));
  }

  private double pauses() {
    return told().getOrDefault(Signal.GC_PAUSE_TIME, Double.NaN);
  }

  /** By whichever source. */
  private Map<Signal, Double> told() {
    return jvm.values().values().iterator().next();
  }

  private static JvmFigures figures(Origin origin, long collections, double pauseSeconds) {
    return new JvmFigures(
        origin,
        OptionalLong.of(50),
        OptionalLong.empty(),
        OptionalLong.of(collections),
        OptionalDouble.of(pauseSeconds),
        OptionalLong.empty(),
        OptionalLong.empty(),
        OptionalLong.empty());
  }
}

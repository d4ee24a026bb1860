package dev.heapwarden.e2e.respond;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs by itself, last: on a cluster of its own, whose etcd is killed too. */
@Tag("chaos")
class ChaosIT {
  private static final int KILLS = 200;

  @Test
  void operatorsThatAreKilledTwoHundredTimesAndAtEveryBoundaryLoseAndRepeatNothing(
      @TempDir Path directory) throws Exception {
    var outcome = Chaos.unleash(KILLS, directory);
    assertThat(outcome.tally()).isEqualTo(Tally.NOTHING);
    assertThat(outcome.missed()).as("boundaries at which no operator was killed").isEmpty();
  }
}

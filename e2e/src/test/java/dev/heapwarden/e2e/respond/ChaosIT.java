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
  void operatorsThatAreKilledTwoHundredTimesLoseAndRepeatNothing(@TempDir Path directory)
      throws Exception {
    assertThat(Chaos.unleash(KILLS, directory)).isEqualTo(Tally.NOTHING);
  }
}

package dev.heapwarden.probes.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heapwarden.probes.gclog.PodLogs;
import dev.heapwarden.probes.target.Target;
import dev.heapwarden.probes.target.Web;
import io.fabric8.kubernetes.api.model.Pod;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A container that runs in its third life. */
@Tag("E15")
class PreviousLogEvidenceTest {
  @TempDir Path root;
  private Path logs;

  @BeforeEach
  void lives() throws IOException {
    logs = Files.createDirectories(root.resolve("logs/shop_web-1_uid/web"));
    write("2.log", "started\n");
  }

  @Test
  void theEndOfTheLifeBeforeIsKeptWithWhatIsKnownOfItsDeath() throws IOException {
    write("0.log", "of long ago\n");
    write("1.log", "serving\npanic: assignment to entry in nil map\n");
    write("1.log.20261123-120000", "rotated\n");

    assertThat(take(Optional.of(new PodLogs(root.resolve("logs")))))
        .isInstanceOfSatisfying(
            Evidence.Taken.class,
            taken -> {
              assertThat(text(taken)).isEqualTo("serving\npanic: assignment to entry in nil map\n");
              assertThat(taken.told().advice())
                  .containsExactly("The log of its life before says NilMap.");
            });
  }

  @Test
  void ofALongLogTheLastWholeLinesAreKept() throws IOException {
    write("1.log", "first\n" + "x".repeat(99).concat("\n").repeat(20_000) + "last\n");

    assertThat(take(Optional.of(new PodLogs(root.resolve("logs")))))
        .isInstanceOfSatisfying(
            Evidence.Taken.class,
            taken ->
                assertThat(text(taken))
                    .hasSizeBetween(PreviousLogEvidence.TAIL - 100, PreviousLogEvidence.TAIL)
                    .startsWith("x".repeat(99) + "\n")
                    .endsWith("x\nlast\n"));
  }

  @Test
  void withoutALifeBeforeOrWithoutLogsItIsRefusedWithTheReason() throws IOException {
    assertThat(take(Optional.of(new PodLogs(root.resolve("logs")))))
        .isEqualTo(
            new Evidence.Refused("the node keeps no log of an earlier life of the container"));
    assertThat(take(Optional.empty()))
        .isInstanceOfSatisfying(
            Evidence.Refused.class,
            refused -> assertThat(refused.reason()).contains("agent.podLogs"));
  }

  private static String text(Evidence.Taken taken) {
    try {
      return Unzipped.text(taken.stored().path());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Evidence take(Optional<PodLogs> seen) throws IOException {
    var pods =
        new PodView() {
          @Override
          public Optional<Pod> find(String namespace, String name) {
            return Optional.empty();
          }

          @Override
          public Optional<PodLogs> logs() {
            return seen;
          }
        };
    return new PreviousLogEvidence(pods, new ArtifactStore(root.resolve("store"), 1 << 24))
        .take(
            new Order(
                new ArtifactStore.Owner("shop", "s1"),
                new Target(Web.watched(), Optional.empty(), List.of()),
                Duration.ofSeconds(5),
                List.of(),
                Optional.empty()));
  }

  private void write(String name, String text) throws IOException {
    Files.writeString(logs.resolve(name), text);
  }
}

package dev.heapwarden.probes.endpoint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heapwarden.probes.Mutations;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Whatever a program answers is read or refused, in the agent's own words. */
@Timeout(120)
@Tag(Mutations.HOSTILE)
class HostileAnswerTest {
  private static final long SEED = 20260101;
  private static final List<String> NASTY =
      List.of(
          "{",
          "}",
          "\"",
          "\\",
          "\n",
          "\0",
          "#",
          " ",
          "NaN",
          "-1",
          "1e999",
          "9".repeat(400),
          "=",
          "é",
          "<html>",
          "[".repeat(70),
          "go_goroutines",
          "memstats",
          "a".repeat(20_000));
  private static final Pattern REASONS =
      Pattern.compile(
          "its answer (is a web page|is no JSON object|has no line of Prometheus' text format)"
              + "|no metric in it is known: \\d+ others"
              + "|no memstats of Go are in it: \\d+ other variables");

  private final Random random = new Random(SEED);

  @Test
  void whateverIsToldAsMetrics() throws IOException {
    assertReadOrRefused(Offer.METRICS, Recorded.clientGolang());
  }

  @Test
  void whateverIsToldAsOpenMetrics() throws IOException {
    assertReadOrRefused(Offer.METRICS, Recorded.openMetrics());
  }

  @Test
  void whateverIsToldAsExpvar() throws IOException {
    assertThat(assertReadOrRefused(Offer.EXPVAR, Recorded.expvar()))
        .as("mutations that were seen")
        .isGreaterThan(Mutations.COUNT / 50);
  }

  private int assertReadOrRefused(Offer offer, byte[] real) {
    int refused = 0;
    for (int mutation = 0; mutation < Mutations.COUNT; mutation++) {
      try {
        assertThat(offer.read(new ByteArrayInputStream(mutated(real))).figures().values())
            .as("mutation %d", mutation)
            .isNotEmpty()
            .allMatch(figure -> Double.isFinite(figure) && figure >= 0);
      } catch (EndpointException refusal) {
        assertThat(refusal).message().as("mutation %d", mutation).matches(REASONS);
        refused++;
      } catch (IOException | RuntimeException escaped) {
        throw new AssertionError("mutation " + mutation, escaped);
      }
    }
    return refused;
  }

  private byte[] mutated(byte[] real) {
    if (random.nextInt(4) == 0) {
      return Arrays.copyOf(real, random.nextInt(real.length));
    }
    var text = new StringBuilder(new String(real, StandardCharsets.ISO_8859_1));
    for (int i = random.nextInt(8); i >= 0; i--) {
      int at = random.nextInt(text.length());
      var nasty = NASTY.get(random.nextInt(NASTY.size()));
      switch (random.nextInt(3)) {
        case 0 -> text.insert(at, nasty);
        case 1 -> text.replace(at, Math.min(text.length(), at + nasty.length()), nasty);
        default -> text.delete(at, Math.min(text.length() - 1, at + random.nextInt(200)));
      }
    }
    return text.toString().getBytes(StandardCharsets.ISO_8859_1);
  }
}

package dev.heapwarden.e2e.monitoring;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** {@code e2e/promtool}. */
public final class Promtool {
  private static final Path SCRIPT =
      Path.of(System.getProperty("heapwarden.root")).resolve("e2e/promtool");

  private Promtool() {}

  /**
   * Runs it; fails with what it said when it is not content.
   *
   * @param input to its standard input
   * @return what it said on standard output
   */
  public static String run(String input, String... arguments)
      throws IOException, InterruptedException {
    var command = new ArrayList<>(List.of(SCRIPT.toString()));
    command.addAll(List.of(arguments));
    // The first time the script builds the tool, and says so.
    var errors = Files.createTempFile("promtool", null);
    var process = new ProcessBuilder(command).redirectError(errors.toFile()).start();
    try (var in = process.getOutputStream()) {
      in.write(input.getBytes(StandardCharsets.UTF_8));
    }
    var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    int status = process.waitFor();
    var said = output + Files.readString(errors);
    Files.delete(errors);
    assertThat(status).as(String.join(" ", command) + "\n" + said).isZero();
    return output;
  }

  /** Parses a query: as Prometheus itself would write it. */
  static Query query(String expression) throws IOException, InterruptedException {
    return new Query(run("", "--experimental", "promql", "format", expression));
  }
}

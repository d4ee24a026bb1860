package dev.heapwarden.e2e.scenario;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A Helm of a pinned version: {@code e2e/helm} or {@code e2e/helm3}. */
public record Helm(Path script) {
  /**
   * Standard output and error of one call.
   *
   * @throws IllegalStateException when Helm does not exit with 0, with what it printed
   */
  public String run(String... arguments) {
    var command = new ArrayList<>(List.of(script.toString()));
    command.addAll(List.of(arguments));
    return Command.run(command);
  }
}

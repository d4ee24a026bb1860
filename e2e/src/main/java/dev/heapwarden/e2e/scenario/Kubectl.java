package dev.heapwarden.e2e.scenario;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What a user sees: the machine's own kubectl. */
public record Kubectl(Path kubeconfig) {
  /** Calls with this kubeconfig, kept in a file that only we can read until this process ends. */
  public static Kubectl with(String yaml) {
    try {
      var file = Files.createTempFile("kubeconfig", null);
      file.toFile().deleteOnExit();
      Files.writeString(file, yaml);
      return new Kubectl(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Standard output and error of one call.
   *
   * @throws IllegalStateException when kubectl does not exit with 0, with what it printed
   */
  public String run(String... arguments) {
    var command = new ArrayList<>(List.of("kubectl", "--kubeconfig", kubeconfig.toString()));
    command.addAll(List.of(arguments));
    return Command.run(command);
  }
}

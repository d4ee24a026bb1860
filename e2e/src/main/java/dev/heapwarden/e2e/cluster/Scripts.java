package dev.heapwarden.e2e.cluster;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The shell scripts of {@code e2e/}, and the cache directory they share with us. */
final class Scripts {
  private Scripts() {}

  /**
   * {@code ${XDG_CACHE_HOME:-$HOME/.cache}/heapwarden}, as in {@code e2e/lib/common.sh}; user.home
   * is what the password file says, whatever HOME is.
   */
  static Path cache() {
    var base = System.getenv("XDG_CACHE_HOME");
    return (base == null || base.isEmpty()
            ? Path.of(
                System.getenv().getOrDefault("HOME", System.getProperty("user.home")), ".cache")
            : Path.of(base))
        .resolve("heapwarden");
  }

  /**
   * Runs {@code e2e/NAME}. Its progress goes to our standard error.
   *
   * @return what it printed to standard output, without the line ends around it
   * @throws IllegalStateException if it fails; the script has said why
   */
  static String run(Map<String, String> environment, String name, String... arguments) {
    var command = new ArrayList<>(List.of(directory().resolve(name).toString()));
    command.addAll(List.of(arguments));
    var builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
    builder.environment().putAll(environment);
    try {
      var process = builder.start();
      var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      int exit = process.waitFor();
      if (exit != 0) {
        throw new IllegalStateException("e2e/" + name + " failed with exit code " + exit);
      }
      return output.strip();
    } catch (IOException e) {
      throw new UncheckedIOException("e2e/" + name + " could not be run", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new UncheckedIOException(new InterruptedIOException("e2e/" + name));
    }
  }

  /**
   * The directory {@code e2e} of the source tree: the tests' working directory, or one above it.
   */
  static Path directory() {
    var here = Path.of(System.getProperty("heapwarden.root", "")).toAbsolutePath();
    return Stream.iterate(here, directory -> directory != null, Path::getParent)
        .map(directory -> directory.resolve("e2e"))
        .filter(directory -> Files.isExecutable(directory.resolve("setup")))
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("no e2e/setup in " + here + " or above it"));
  }
}

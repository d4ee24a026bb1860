package dev.heapwarden.probes.go;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Builds the test program with the Go of this machine, once per kind and checkout. */
public final class GoPrograms {
  private static final Path SOURCES =
      Path.of(System.getProperty("heapwarden.root"), "probes/src/test/resources");
  private static final Path BUILT =
      Path.of(System.getProperty("heapwarden.root"), "probes/target/go-programs");

  private GoPrograms() {}

  public static Path plain() {
    return build("plain");
  }

  static Path stripped() {
    return build("stripped", "-ldflags=-s -w");
  }

  static Path positionIndependent() {
    return build("pie", "-buildmode=pie");
  }

  /** Lines of {@code go tool nm}: address, kind, name. */
  static List<String> symbols(Path program) throws IOException, InterruptedException {
    var nm =
        new ProcessBuilder("go", "tool", "nm", program.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try (var output = nm.inputReader()) {
      var lines = output.lines().toList();
      assertThat(nm.waitFor()).as("go tool nm").isZero();
      return lines;
    }
  }

  private static Path build(String name, String... flags) {
    return build("go", name, "local", flags);
  }

  /**
   * Builds one of the programs.
   *
   * @param source directory below src/test/resources
   * @param name of what is built
   * @param toolchain a value of GOTOOLCHAIN, such as go1.21.13; local for this machine's
   */
  public static Path build(String source, String name, String toolchain, String... flags) {
    var program = BUILT.resolve(name);
    if (Files.exists(program)) {
      return program;
    }
    try {
      Files.createDirectories(BUILT);
      var command = new ArrayList<>(List.of("go", "build", "-o", program.toString()));
      command.addAll(Stream.of(flags).toList());
      command.add(".");
      var go = new ProcessBuilder(command).directory(SOURCES.resolve(source).toFile()).inheritIO();
      go.environment().put("GOARCH", "amd64");
      go.environment().put("GOOS", "linux");
      go.environment().put("GOTOOLCHAIN", toolchain);
      assertThat(go.start().waitFor()).as("go build").isZero();
    } catch (IOException absent) {
      assumeTrue(false, "no Go on this machine: " + absent.getMessage());
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(interrupted);
    }
    return program;
  }
}

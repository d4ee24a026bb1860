package dev.heapwarden.probes.gomemory;

import dev.heapwarden.probes.go.GoPrograms;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** The Go program that keeps memory and goroutines, running; it answers what Go itself knows. */
public final class GoMemoryProgram extends AnsweringProgram {
  private GoMemoryProgram(Path executable) throws IOException {
    super(executable);
  }

  /**
   * Go toolchains that the tests of layouts are for, as GOTOOLCHAIN has them. By default this
   * machine's; with {@code -Pmatrix} one of each release.
   */
  static List<String> toolchains() {
    return Arrays.asList(System.getProperty("heapwarden.go.toolchains", "local").split(",", -1));
  }

  static Path build(String toolchain) {
    return GoPrograms.build("go-memory", "memory-" + toolchain, toolchain);
  }

  public static GoMemoryProgram start(String toolchain) throws IOException {
    return start(build(toolchain));
  }

  public static GoMemoryProgram stripped() throws IOException {
    return start(GoPrograms.build("go-memory", "memory-stripped", "local", "-ldflags=-s -w"));
  }

  static GoMemoryProgram start(Path executable) throws IOException {
    return new GoMemoryProgram(executable);
  }

  GoProcess open() throws IOException {
    return GoProcess.open(PROC.directory(pid()), program());
  }

  ProgramText text() throws IOException {
    return ProgramText.open(program(), PROC.mappings(pid(), program().id().inode()));
  }
}

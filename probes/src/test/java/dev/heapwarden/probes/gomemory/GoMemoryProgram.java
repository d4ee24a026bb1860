package dev.heapwarden.probes.gomemory;

import dev.heapwarden.probes.go.GoPrograms;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** The Go program that keeps memory and goroutines, running; it answers what Go itself knows. */
public final class GoMemoryProgram extends AnsweringProgram {
  private static final String STRIPPED = "-stripped";

  private GoMemoryProgram(Path executable) throws IOException {
    super(executable);
  }

  /**
   * Go toolchains that the tests of layouts are for, as GOTOOLCHAIN has them. By default this
   * machine's; with {@code -Pmatrix} one of each release.
   */
  public static List<String> toolchains() {
    return Arrays.asList(System.getProperty("heapwarden.go.toolchains", "local").split(",", -1));
  }

  /** What each of them builds: with symbols, and without. */
  static List<String> builds() {
    return toolchains().stream()
        .flatMap(toolchain -> Stream.of(toolchain, toolchain + STRIPPED))
        .toList();
  }

  /**
   * Builds it.
   *
   * @param build one of {@link #builds}
   */
  static Path build(String build) {
    var flags = build.endsWith(STRIPPED) ? new String[] {"-ldflags=-s -w"} : new String[0];
    return GoPrograms.build("go-memory", "memory-" + build, build.replace(STRIPPED, ""), flags);
  }

  public static GoMemoryProgram start(String build) throws IOException {
    return start(build(build));
  }

  public static GoMemoryProgram stripped() throws IOException {
    return start("local" + STRIPPED);
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

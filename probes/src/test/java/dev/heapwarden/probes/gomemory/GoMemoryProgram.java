package dev.heapwarden.probes.gomemory;

import dev.heapwarden.probes.go.GoPrograms;
import dev.heapwarden.probes.target.ProcFs;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** The Go program that keeps memory and goroutines, running; it answers what Go itself knows. */
public final class GoMemoryProgram extends AnsweringProgram {
  private static final String STRIPPED = "-stripped";

  private static final String LLD = "-lld";

  /** What Go links itself, and what C linkers do, which leave nothing at Go's places. */
  private static final List<String> LINKS =
      List.of("", STRIPPED, "-pie", "-cgo", "-cgo-pie" + STRIPPED, "-cgo-pie" + STRIPPED + LLD);

  private static final Map<String, String> FLAGS =
      Map.of(STRIPPED, "-ldflags=-s -w", "-pie", "-buildmode=pie", "-cgo", "-tags=native");

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

  /** What each of them builds, in every way to link. */
  static List<String> builds() {
    return toolchains().stream()
        .flatMap(toolchain -> LINKS.stream().map(toolchain::concat))
        .toList();
  }

  /**
   * Builds it.
   *
   * @param build one of {@link #builds}
   */
  static Path build(String build) {
    var toolchain = build.split("-", 2)[0];
    var flags =
        FLAGS.entrySet().stream()
            .filter(flag -> build.contains(flag.getKey()))
            .map(Map.Entry::getValue)
            .toArray(String[]::new);
    var name = "memory-" + build.replace(LLD, "");
    var program = GoPrograms.build("go-memory", name, toolchain, flags);
    return build.endsWith(LLD) ? GoPrograms.leftToTheLoader(program) : program;
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
    return ProgramText.open(program(), mappings());
  }

  List<ProcFs.Mapping> mappings() throws IOException {
    return PROC.mappings(pid(), program().id().inode());
  }
}

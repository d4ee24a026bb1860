package dev.heapwarden.probes.go;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/** Builds the test program with the Go of this machine, once per kind. */
public final class GoPrograms {
  private static final Path SOURCES =
      Path.of(System.getProperty("heapwarden.root"), "probes/src/test/resources");
  private static final Path BUILT =
      Path.of(System.getProperty("heapwarden.root"), "probes/target/go-programs");

  private static final String MODULE_DATA = "runtime.firstmoduledata";
  private static final int R_X86_64_RELATIVE = 8;

  private static final Map<String, Path> PROGRAMS = new ConcurrentHashMap<>();

  private GoPrograms() {}

  public static Path plain() {
    return ofThisMachine("plain");
  }

  public static Path stripped() {
    return ofThisMachine("stripped", "-ldflags=-s -w");
  }

  static Path positionIndependent() {
    return ofThisMachine("pie", "-buildmode=pie");
  }

  /** As debuggers want it: no call is inlined, in the runtime neither. */
  static Path notInlined(String... flags) {
    var all = Stream.concat(Stream.of("-gcflags=all=-l"), Stream.of(flags));
    return ofThisMachine("not-inlined" + flags.length, all.toArray(String[]::new));
  }

  /** Linked by the C compiler, as programs are that use C. */
  static Path withC() {
    return ofThisMachine("native", "-tags=native");
  }

  /** Linked by the C compiler, which leaves nothing where Go's own linker puts it. */
  static Path strippedPositionIndependentWithC() {
    return ofThisMachine("native-pie-stripped", "-tags=native", "-buildmode=pie", "-ldflags=-s -w");
  }

  /** By lld, as a compiler of LLVM has it. */
  static Path linkedByLld() {
    return leftToTheLoader(strippedPositionIndependentWithC());
  }

  /** The plain one, in which nothing leads to its table of functions. */
  public static Path withoutModuleData(Path copy) throws IOException {
    try (var elf = ElfFile.open(plain())) {
      var module =
          Objects.requireNonNull(SymbolTable.variables(elf, Set.of(MODULE_DATA)).get(MODULE_DATA));
      var bytes = Files.readAllBytes(plain());
      ByteBuffer.wrap(bytes).putLong((int) elf.offsetAt(module.address()), 0);
      return Files.write(copy, bytes);
    }
  }

  /**
   * As lld links a position-independent program: in the file, unlike in one that GNU ld linked, the
   * words that the loader writes are zero.
   */
  public static Path leftToTheLoader(Path program) {
    return PROGRAMS.computeIfAbsent(program.getFileName() + "-lld", _ -> withoutWords(program));
  }

  private static Path withoutWords(Path program) {
    var copy = program.resolveSibling(program.getFileName() + "-lld");
    try (var elf = ElfFile.open(program)) {
      var bytes = ByteBuffer.wrap(Files.readAllBytes(program)).order(ByteOrder.LITTLE_ENDIAN);
      var table = elf.section(".rela.dyn").orElseThrow();
      for (long at = table.offset(); at < table.offset() + table.size(); at += 24) {
        if (bytes.getLong((int) at + 8) == R_X86_64_RELATIVE) {
          bytes.putLong((int) elf.offsetAt(bytes.getLong((int) at)), 0);
        }
      }
      Files.write(copy, bytes.array());
      assertThat(copy.toFile().setExecutable(true)).isTrue();
      return copy;
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }

  public static Path arm64() {
    return buildFor("arm64", "arm64");
  }

  /** Lines of {@code go tool nm}: address, kind, name. */
  static List<String> symbols(Path program) throws IOException, InterruptedException {
    return tool("nm", program, "");
  }

  /**
   * What {@code go tool addr2line} says of each address: a line with the function, one with the
   * place.
   */
  static List<String> lines(Path program, List<Long> addresses)
      throws IOException, InterruptedException {
    var asked = new StringBuilder();
    addresses.forEach(address -> asked.append("0x%x\n".formatted(address)));
    return tool("addr2line", program, asked.toString());
  }

  private static List<String> tool(String name, Path program, String input)
      throws IOException, InterruptedException {
    var asked = Files.writeString(Files.createTempFile("asked", ".txt"), input);
    try {
      var tool =
          new ProcessBuilder("go", "tool", name, program.toString())
              .redirectInput(asked.toFile())
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start();
      try (var output = tool.inputReader()) {
        var lines = output.lines().toList();
        assertThat(tool.waitFor()).as("go tool " + name).isZero();
        return lines;
      }
    } finally {
      Files.delete(asked);
    }
  }

  private static Path ofThisMachine(String name, String... flags) {
    return buildFor("amd64", name, flags);
  }

  private static Path buildFor(String architecture, String name, String... flags) {
    return build("go", name, new Target(architecture, "local"), flags);
  }

  /**
   * Builds one of the programs.
   *
   * @param source directory below src/test/resources
   * @param name of what is built
   * @param toolchain a value of GOTOOLCHAIN, such as go1.21.13; local for this machine's
   */
  public static Path build(String source, String name, String toolchain, String... flags) {
    return build(source, name, new Target("amd64", toolchain), flags);
  }

  private record Target(String architecture, String toolchain) {}

  private static Path build(String source, String name, Target target, String... flags) {
    return PROGRAMS.computeIfAbsent(
        name, _ -> build(SOURCES.resolve(source), BUILT.resolve(name), target, flags));
  }

  private static Path build(Path source, Path program, Target target, String... flags) {
    try {
      Files.createDirectories(BUILT);
      var command = new ArrayList<>(List.of("go", "build", "-o", program.toString()));
      command.addAll(Stream.of(flags).toList());
      command.add(".");
      var go = new ProcessBuilder(command).directory(source.toFile()).inheritIO();
      go.environment().put("GOARCH", target.architecture());
      go.environment().put("GOOS", "linux");
      go.environment().put("GOTOOLCHAIN", target.toolchain());
      assertThat(go.start().waitFor()).as("go build").isZero();
    } catch (IOException absent) {
      throw new AssertionError("these tests need Go on the PATH: " + absent.getMessage(), absent);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(interrupted);
    }
    return program;
  }
}

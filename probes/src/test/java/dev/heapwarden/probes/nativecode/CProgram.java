package dev.heapwarden.probes.nativecode;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heapwarden.probes.go.ExecutableId;
import dev.heapwarden.probes.target.ProcFs;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A C program that runs until its input ends, and prints addresses in it. */
final class CProgram implements AutoCloseable {
  private static final ProcFs PROC = new ProcFs(Path.of("/proc"));

  private final Process process;
  private final List<Long> addresses = new ArrayList<>();

  /**
   * Builds and starts it.
   *
   * @param text of {@code main} and what it needs; it may print addresses, one a line, and then has
   *     to call {@code wait_for_input()}
   * @param options of gcc
   */
  CProgram(Path directory, String text, String... options)
      throws IOException, InterruptedException {
    var source =
        Files.writeString(Files.createTempFile(directory, "program", ".c"), PRELUDE + text);
    var program = directory.resolve(source.getFileName().toString().replace(".c", ""));
    gcc(source, program, options);
    process =
        new ProcessBuilder(program.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    var output = process.inputReader(StandardCharsets.US_ASCII);
    for (var line = output.readLine(); line != null && !line.equals("ready"); ) {
      addresses.add(Long.parseUnsignedLong(line, 16));
      line = output.readLine();
    }
  }

  private static final String PRELUDE =
      """
      #include <stdio.h>
      #include <stdlib.h>
      #define RETURNS printf("%lx\\n", (unsigned long)__builtin_return_address(0))
      static void wait_for_input(void) { puts("ready"); fflush(stdout); getchar(); }
      """;

  static void gcc(Path source, Path result, String... options)
      throws IOException, InterruptedException {
    var command =
        new ArrayList<>(List.of("gcc", "-O1", "-o", result.toString(), source.toString()));
    command.addAll(List.of(options));
    var gcc = new ProcessBuilder(command).inheritIO().start();
    assertThat(gcc.waitFor()).as("%s", command).isZero();
  }

  /** What it printed. */
  List<Long> addresses() {
    return List.copyOf(addresses);
  }

  List<CodeFile> files() throws IOException {
    return CodeFile.of(PROC, process.pid());
  }

  Allocator allocator() throws IOException {
    return Allocator.of(
        files(), ExecutableId.of(PROC.directory(process.pid()).resolve("exe")).inode());
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}

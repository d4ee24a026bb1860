package dev.heapwarden.probes.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class CompilerPagesTest {
  private static final int BYTES = 8 << 20;

  @TempDir Path directory;

  @Test
  void whatAProcessReadOfFilesIsGivenBackAndReadAgainWhenItIsNeeded() throws Exception {
    assumeThat(System.getProperty("user.name")).as("who may take pages").isEqualTo("root");
    var file = Files.write(directory.resolve("library"), new byte[BYTES]);
    var process = MappingProgram.start(file);
    try (var output = process.inputReader();
        var input = process.outputWriter()) {
      assertThat(output.readLine()).isEqualTo("read");
      assertThat(resident(process.pid(), file)).isEqualTo(BYTES);

      assertThat(CompilerPages.giveBack(process.pid())).isGreaterThanOrEqualTo(BYTES);

      assertThat(resident(process.pid(), file)).isZero();
      input.write("again\n");
      input.flush();
      assertThat(output.readLine()).isEqualTo("read");
    } finally {
      process.destroyForcibly();
    }
  }

  @Test
  void ofAProcessThatHasEndedThereIsNothing() throws Exception {
    var process = new ProcessBuilder("true").start();
    process.waitFor();

    assertThat(CompilerPages.giveBack(process.pid())).isZero();
  }

  /** Of /proc/PID/smaps, proc(5), in bytes. */
  private static long resident(long pid, Path file) throws IOException {
    var lines = Files.readAllLines(Path.of("/proc", Long.toString(pid), "smaps"));
    int mapping = 0;
    while (!lines.get(mapping).endsWith(file.toString())) {
      mapping++;
    }
    return lines.subList(mapping, lines.size()).stream()
        .filter(line -> line.startsWith("Rss:"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) << 10)
        .findFirst()
        .orElseThrow();
  }
}

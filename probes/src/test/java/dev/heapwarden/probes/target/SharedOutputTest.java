package dev.heapwarden.probes.target;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SharedOutputTest {
  private final ProcFs proc = new ProcFs(Path.of("/proc"));
  private final List<Process> started = new ArrayList<>();
  @TempDir private Path directory;

  @AfterEach
  void end() {
    started.forEach(Process::destroyForcibly);
  }

  @Test
  void whatWritesIntoTheSameFileSharesIt() throws IOException {
    var file = Redirect.appendTo(directory.resolve("log").toFile());

    assertThat(proc.sharesOutput(start(Redirect.DISCARD, file), start(file, Redirect.DISCARD)))
        .isTrue();
  }

  @Test
  void whatHasItsOwnDoesNot() throws IOException {
    assertThat(
            proc.sharesOutput(
                start(Redirect.PIPE, Redirect.PIPE), start(Redirect.PIPE, Redirect.PIPE)))
        .isFalse();
  }

  @Test
  void whatIsThrownAwayIsNotShared() throws IOException {
    assertThat(
            proc.sharesOutput(
                start(Redirect.DISCARD, Redirect.PIPE), start(Redirect.DISCARD, Redirect.PIPE)))
        .isFalse();
  }

  private long start(Redirect output, Redirect error) throws IOException {
    var process =
        new ProcessBuilder("sleep", "60").redirectOutput(output).redirectError(error).start();
    started.add(process);
    return process.pid();
  }
}

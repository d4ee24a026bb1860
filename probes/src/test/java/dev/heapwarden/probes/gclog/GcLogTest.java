package dev.heapwarden.probes.gclog;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heapwarden.probes.jvm.GcLogOutput;
import dev.heapwarden.probes.jvm.JvmFigures;
import dev.heapwarden.probes.target.ProcFs;
import dev.heapwarden.probes.target.Web;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** On a container's log. */
class GcLogTest {
  @TempDir private Path pods;
  private GcLogs logs;

  @BeforeEach
  void write() throws IOException {
    Files.createDirectories(pods.resolve("shop_web-1_uid/web"));
    logs =
        new GcLogs(
            Optional.of(pods),
            new ProcFs(Path.of("/proc")),
            InstantSource.system(),
            new GcLogCounts());
  }

  @Test
  void whatStandsThereTwiceIsRefusedWithTheReason() {
    assertThatThrownBy(() -> follow(true))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("standard output and to standard error");
  }

  private GcLog<JvmFigures> follow(boolean twice) throws IOException {
    return logs.jvm(Web.KEY, 1, new GcLogOutput.Console(twice), (_, _) -> {});
  }
}

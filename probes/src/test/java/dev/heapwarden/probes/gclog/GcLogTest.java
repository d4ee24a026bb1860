package dev.heapwarden.probes.gclog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heapwarden.probes.jvm.GcLogOutput;
import dev.heapwarden.probes.jvm.JvmFigures;
import dev.heapwarden.probes.target.ProcFs;
import dev.heapwarden.probes.target.Web;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** On a container's log. */
class GcLogTest {
  private static final int ALL = 1 << 20;
  private static final String FULL = "GC(%d) Pause Full (System.gc()) 30M->%dM(64M) 2000.000ms";

  @TempDir private Path pods;
  private final List<JvmFigures> told = new ArrayList<>();
  private Path file;
  private GcLogs logs;

  @BeforeEach
  void write() throws IOException {
    file = Files.createDirectories(pods.resolve("shop_web-1_uid/web")).resolve("0.log");
    logs =
        new GcLogs(
            Optional.of(pods),
            new ProcFs(Path.of("/proc")),
            InstantSource.system(),
            new GcLogCounts());
  }

  /** It may have been read before, by what is followed anew now. */
  @Test
  void pausesAndCollectionsThatStoodThereBeforeCountForNothing() throws IOException {
    append("Using Serial", FULL.formatted(0, 3), FULL.formatted(1, 4));
    try (var log = follow(false)) {
      log.read(ALL);
      append(FULL.formatted(2, 5));
      log.read(ALL);
    }

    assertThat(told)
        .singleElement()
        .satisfies(
            figures -> {
              assertThat(figures.pauseSeconds()).hasValue(2);
              assertThat(figures.oldCollections()).hasValue(1);
              assertThat(figures.oldUsed()).hasValue(5 << 20);
            });
  }

  @Test
  void itSaysHowMuchItRead() throws IOException {
    append("Using Serial");
    try (var log = follow(false)) {
      assertThat(log.read(ALL)).isEqualTo(Files.size(file));
      assertThat(log.read(ALL)).isZero();
      long before = Files.size(file);
      append(FULL.formatted(0, 3));
      assertThat(log.read(ALL)).isEqualTo(Files.size(file) - before);
    }
  }

  @Test
  void whatStandsThereTwiceIsRefusedWithTheReason() {
    assertThatThrownBy(() -> follow(true))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("standard output and to standard error");
  }

  private GcLog<JvmFigures> follow(boolean twice) throws IOException {
    return logs.jvm(Web.KEY, 1, new GcLogOutput.Console(twice), (_, figures) -> told.add(figures));
  }

  private void append(String... lines) throws IOException {
    for (var line : lines) {
      Files.writeString(
          file,
          Instant.EPOCH + " stdout F " + line + "\n",
          StandardOpenOption.CREATE,
          StandardOpenOption.APPEND);
    }
  }
}

package dev.heapwarden.probes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heapwarden.probes.gclog.GcLog;
import dev.heapwarden.probes.gclog.GcLogCounts;
import dev.heapwarden.probes.gclog.GcLogs;
import dev.heapwarden.probes.target.ProcFs;
import dev.heapwarden.probes.target.Web;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.InstantSource;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** On one log, which stands for as many as are read in a turn. */
class ReadBudgetTest {
  @TempDir private Path pods;
  private final ReadBudget budget = new ReadBudget();
  private Path file;
  private GcLog<?> log;

  @BeforeEach
  void start() throws IOException {
    file = Files.createDirectories(pods.resolve("shop_web-1_uid/web")).resolve("0.log");
    Files.writeString(file, "");
    var logs =
        new GcLogs(
            Optional.of(pods),
            new ProcFs(Path.of("/proc")),
            InstantSource.system(),
            new GcLogCounts());
    log = logs.go(Web.KEY, (_, _) -> {});
    log.read(1);
  }

  @AfterEach
  void end() {
    log.close();
  }

  @Test
  void logsThatNothingIsWrittenIntoTakeNothingFromTheOthers() throws IOException {
    for (int i = 0; i < 100; i++) {
      assertThat(budget.read(log)).isZero();
    }
    append(2 * ReadBudget.OF_ONE);

    assertThat(budget.read(log)).isEqualTo(ReadBudget.OF_ONE);
  }

  @Test
  void whenTheOthersHaveTakenAllTheLeastIsRead() throws IOException {
    for (int read = 0; read < ReadBudget.OF_ALL; read += ReadBudget.OF_ONE) {
      append(ReadBudget.OF_ONE);
      assertThat(budget.read(log)).isEqualTo(ReadBudget.OF_ONE);
    }
    append(ReadBudget.OF_ONE);

    assertThat(budget.read(log)).isEqualTo(ReadBudget.LEAST);
    assertThat(new ReadBudget().read(log)).isEqualTo(ReadBudget.OF_ONE - ReadBudget.LEAST);
  }

  private void append(int bytes) throws IOException {
    Files.writeString(file, "x\n".repeat(bytes / 2), StandardOpenOption.APPEND);
  }
}

package dev.heapwarden.probes.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class ChildProcessTest {
  @TempDir Path directory;

  @Test
  void aChildDiesWithAnAgentThatIsKilled() throws Exception {
    var parent =
        new ProcessBuilder(
                ProcessHandle.current().info().command().orElseThrow(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                ParentProgram.class.getName(),
                directory.resolve("program").toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    ProcessHandle child;
    try (var output = parent.inputReader()) {
      child = ProcessHandle.of(Long.parseLong(output.readLine())).orElseThrow();
      assertThat(child.isAlive()).isTrue();
      parent.destroyForcibly();
      parent.waitFor();
    }

    child.onExit().get(10, TimeUnit.SECONDS);
    assertThat(child.isAlive()).isFalse();
  }

  @Test
  void aChildOverItsDeadlineIsStopped() throws Exception {
    var child = child(List.of("sleep", "3600"), List.of());
    child.start(Duration.ofMillis(50));

    assertThat(child.ended().get(30, TimeUnit.SECONDS)).isEqualTo(128 + 15);
    assertThat(child.complaint()).isEqualTo("it was not done within 0.1 s");
  }

  @Test
  void aChildThatHeedsNoSignalIsKilled() throws Exception {
    var lines = new CopyOnWriteArrayList<String>();
    var child = child(List.of("sh", "-c", "trap '' INT TERM; echo deaf; exec sleep 3600"), lines);
    child.start(null);
    await().until(() -> lines.contains("deaf"));

    child.stop();

    assertThat(child.ended().get(30, TimeUnit.SECONDS)).isEqualTo(128 + 9);
  }

  @Test
  void aChildThatEndsLeavesItsFirstWordsAndNoFile() throws Exception {
    var program = Files.writeString(directory.resolve("program"), "text");
    var lines = new CopyOnWriteArrayList<String>();
    var child =
        child(
            List.of(
                "sh", "-c", "echo out; echo 'WARNING: x' >&2; echo 'no such probe' >&2; exit 3"),
            lines);
    child.start(null);

    assertThat(child.ended().get(30, TimeUnit.SECONDS)).isEqualTo(3);
    assertThat(child.complaint()).isEqualTo("no such probe");
    assertThat(lines).containsExactly("out");
    assertThat(program).doesNotExist();
  }

  @Test
  void aChildThatCannotBeStartedSaysSo() throws Exception {
    var child = child(List.of("/nonexistent/bpftrace"), List.of());
    child.start(null);

    assertThat(child.ended().get(30, TimeUnit.SECONDS)).isNotZero();
    assertThat(child.complaint()).contains("/nonexistent/bpftrace");
  }

  private ChildProcess child(List<String> command, List<String> lines) {
    return new ChildProcess("test", command, lines::add, List.of(directory.resolve("program")));
  }

  @Test
  void stoppingTwiceDoesNoHarm() throws Exception {
    var ready = new CompletableFuture<String>();
    var child =
        new ChildProcess(
            "test",
            List.of("sh", "-c", "echo ready; exec sleep 3600"),
            ready::complete,
            List.of(directory.resolve("program")));
    child.start(null);
    ready.get(30, TimeUnit.SECONDS);
    child.stop();
    child.stop();

    assertThat(child.ended().get(30, TimeUnit.SECONDS)).isEqualTo(128 + 15);
  }
}

package dev.heapwarden.probes.target;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.heapwarden.probes.go.ExecutableId;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** However long the name of a program's file is, its path in its own /proc is short. */
class ExecutableBelowRootTest {
  private static final List<String> OWN_PROC =
      List.of("unshare", "--user", "--map-root-user", "--pid", "--fork", "--kill-child");

  private final ProcFs proc = new ProcFs(Path.of("/proc"));
  private final List<Process> started = new ArrayList<>();

  @AfterEach
  void end() {
    started.forEach(Process::destroyForcibly);
  }

  @Test
  void ofAProcessBesideTheAgentItIsUnderTheSamePid() throws IOException {
    long pid = start(List.of("sleep", "60")).pid();

    var path = proc.executableBelowRoot(pid);

    assertThat(path).isEqualTo(Path.of("/proc/%d/root/proc/%d/exe".formatted(pid, pid)));
    assertThat(ExecutableId.of(path))
        .isEqualTo(ExecutableId.of(proc.directory(pid).resolve("exe")));
  }

  @Test
  void ofAContainersItIsUnderThePidByWhichItSeesItself() throws Exception {
    var contained =
        Stream.concat(OWN_PROC.stream(), Stream.of("--mount-proc", "sleep", "60")).toList();
    Assumptions.assumeTrue(
        new ProcessBuilder(
                    Stream.concat(OWN_PROC.stream(), Stream.of("--mount-proc", "true")).toList())
                .start()
                .waitFor()
            == 0);
    var container = start(contained);
    // Until the container has a /proc of its own, pid 1 there is the machine's.
    await()
        .ignoreExceptionsInstanceOf(AccessDeniedException.class)
        .untilAsserted(
            () -> {
              long pid = container.children().findFirst().orElseThrow().pid();
              var path = proc.executableBelowRoot(pid);
              assertThat(path).isEqualTo(Path.of("/proc/%d/root/proc/1/exe".formatted(pid)));
              assertThat(ExecutableId.of(path))
                  .isEqualTo(ExecutableId.of(proc.directory(pid).resolve("exe")));
            });
  }

  private Process start(List<String> command) throws IOException {
    var process = new ProcessBuilder(command).start();
    started.add(process);
    return process;
  }
}

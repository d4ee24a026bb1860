package dev.heapwarden.probes.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heapwarden.crds.policy.RuntimeChoice;
import dev.heapwarden.crds.snapshot.MemorySnapshotStatus.ClassReport;
import dev.heapwarden.detection.sample.ContainerKey;
import dev.heapwarden.detection.sample.RuntimeKind;
import dev.heapwarden.probes.go.ExecutableId;
import dev.heapwarden.probes.jvm.JvmAttach;
import dev.heapwarden.probes.sample.ClassCount;
import dev.heapwarden.probes.target.Pprof;
import dev.heapwarden.probes.target.ProcFs;
import dev.heapwarden.probes.target.Target;
import dev.heapwarden.probes.target.TargetProcess;
import dev.heapwarden.probes.target.WatchedContainer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** On a real JVM that leaks. */
class JvmEvidenceTest {
  /** Keeps a Key every millisecond and drops a Request. */
  private static final String SOURCE =
      """
      public class Leaking {
        static class Key { long a; }
        static class Request { byte[] body = new byte[1000]; }
        static Object last;
        public static void main(String[] args) throws Exception {
          var kept = new java.util.ArrayList<Key>();
          System.out.println("ready");
          while (true) {
            for (int i = 0; i < 50; i++) { kept.add(new Key()); }
            for (int i = 0; i < 200; i++) { last = new Request(); }
            Thread.sleep(1);
          }
        }
      }
      """;

  private static final ProcFs PROC = new ProcFs(Path.of("/proc"));

  @TempDir private Path directory;

  @Test
  void theClassThatIsKeptGrowsAndTheOneThatIsDroppedDoesNotHideIt() throws Exception {
    var program = start("-Xmx64m", "-Xmn8m", "-XX:+UseSerialGC");
    try {
      var store = new ArtifactStore(directory.resolve("store"), 1 << 24);
      var jvm = new JvmEvidence(new JvmAttach(PROC.root()), PROC, store);

      var told = new ArrayList<ClassCount>();
      var evidence =
          new ClassGrowthEvidence(jvm, store, PROC.root(), (_, _, counts) -> told.addAll(counts));
      var taken = (Evidence.Taken) evidence.take(order(program.pid()));
      assertThat(told)
          .extracting(
              count ->
                  Objects.requireNonNull(count.histogram().classes().get("Leaking$Key"))
                      .instances())
          .hasSize(3)
          .isSorted()
          .doesNotHaveDuplicates();
      assertThat(taken.classes())
          .filteredOn(found -> !found.platform())
          .first()
          .extracting(ClassReport::className)
          .isEqualTo("Leaking$Key");
      assertThat(Files.readString(taken.stored().path())).contains("Leaking$Key");
      assertThat(taken.stall()).isPositive();

      var threads = (Evidence.Taken) jvm.take(order(program.pid()), "Thread.print", "t.txt");
      assertThat(Files.readString(threads.stored().path())).contains("\"main\"");
      assertThat(jvm.take(order(program.pid()), "VM.native_memory summary scale=MB", "n.txt"))
          .isEqualTo(new Evidence.Refused("it was started without -XX:NativeMemoryTracking"));
      assertThat(program.isAlive()).isTrue();
    } finally {
      program.destroyForcibly();
    }
  }

  @Test
  void aContainerWithoutAJvmIsToldSo() throws Exception {
    var store = new ArtifactStore(directory.resolve("store"), 1 << 24);
    var jvm = new JvmEvidence(new JvmAttach(PROC.root()), PROC, store);

    assertThat(jvm.take(order(), "Thread.print", "t.txt"))
        .isEqualTo(new Evidence.Refused("no JVM runs in it"));
  }

  private Process start(String... options) throws IOException {
    var source = Files.writeString(directory.resolve("Leaking.java"), SOURCE);
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of(options));
    command.add(source.toString());
    var process = new ProcessBuilder(command).redirectErrorStream(true).start();
    assertThat(process.inputReader().readLine()).isEqualTo("ready");
    return process;
  }

  private static Order order(long... pids) throws IOException {
    var processes = new ArrayList<TargetProcess>();
    for (long pid : pids) {
      var exe = PROC.directory(pid).resolve("exe");
      processes.add(
          new TargetProcess(
              new TargetProcess.Identity("id", pid, PROC.startTicks(pid), ExecutableId.of(exe)),
              100 << 20,
              RuntimeKind.JVM,
              exe,
              Optional.empty(),
              Optional.of("not Go"),
              0));
    }
    var container =
        new WatchedContainer(
            new ContainerKey("shop", "web-1", "uid", "web", "id"),
            "policy",
            RuntimeChoice.AUTO,
            Duration.ofSeconds(15),
            Instant.EPOCH,
            new Pprof.NotNamed());
    return new Order(
        new ArtifactStore.Owner("shop", "s1"),
        new Target(container, Optional.empty(), processes),
        Duration.ofSeconds(2));
  }
}

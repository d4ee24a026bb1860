package dev.heapwarden.probes.target;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heapwarden.crds.policy.RuntimeChoice;
import dev.heapwarden.detection.sample.ContainerKey;
import dev.heapwarden.detection.sample.RuntimeKind;
import dev.heapwarden.probes.jvm.JavaProgram;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against this machine's /proc and a cgroup that lists this very process. */
class ProcessScanTest {
  private static final ProcFs PROC = new ProcFs(Path.of("/proc"));

  @TempDir Path cgroups;

  @Test
  void aJvmIsToldFromOtherPrograms() throws IOException {
    var target = scan(ProcessHandle.current().pid());

    assertThat(target.runtime()).isEqualTo(RuntimeKind.JVM);
    assertThat(target.main().orElseThrow().refusal()).contains("not Go");
    assertThat(target.main().orElseThrow().anonymousBytes()).isPositive();
  }

  /** It lies in shared memory. */
  @Test
  void theHeapOfZgcIsPartOfWhatAProcessHolds(@TempDir Path directory) throws IOException {
    try (var program =
        JavaProgram.start("-XX:+UseZGC", "-Xms256m", "-Xmx256m", "-XX:+AlwaysPreTouch")) {
      assertThat(scan(program.pid()).main().orElseThrow().anonymousBytes())
          .isGreaterThan(256 << 20);
    }
  }

  @Test
  void aProcessThatIsGoneIsLeftOut() throws IOException {
    var target = scan((long) Integer.MAX_VALUE);

    assertThat(target.processes()).isEmpty();
    assertThat(target.runtime()).isEqualTo(RuntimeKind.UNKNOWN);
  }

  /** One program must not keep those of the whole node from being found. */
  @Test
  void theNameOfAProgramMayHoldAnyBytes(@TempDir Path directory) throws Exception {
    var program =
        new ProcessBuilder(
                "bash",
                "-c",
                "cp /bin/cat \"$0\"/$'gr\\xf6sse' && exec \"$0\"/$'gr\\xf6sse'",
                directory.toString())
            .start();
    try {
      program.outputWriter().append("it runs\n").flush();
      assertThat(program.inputReader().readLine()).isEqualTo("it runs");
      assertThat(scan(program.pid()).main().orElseThrow().refusal()).contains("not Go");
    } finally {
      program.destroyForcibly().waitFor();
    }
  }

  /** As an entry point that is a shell script does. */
  @Test
  void aProcessThatExecutesAnotherProgramIsAnother() throws Exception {
    var shell = new ProcessBuilder("bash", "-c", "echo 1; read _; exec cat").start();
    assertThat(shell.inputReader().readLine()).isEqualTo("1");
    try {
      var before = scan(shell.pid()).main().orElseThrow();
      shell.outputWriter().append("\nit runs\n").flush();
      assertThat(shell.inputReader().readLine()).isEqualTo("it runs");
      var after = scan(shell.pid()).main().orElseThrow();

      assertThat(after.identity()).isNotEqualTo(before.identity());
      assertThat(after.executable()).hasFileName("cat");
      assertThat(after.identity().startTicks()).isEqualTo(before.identity().startTicks());
    } finally {
      shell.destroyForcibly().waitFor();
    }
  }

  /** What was known of it, such as where it was loaded, is so no more. */
  @Test
  void aProcessThatExecutesItselfAgainIsAnother() throws Exception {
    var shell =
        new ProcessBuilder("bash", "-c", "echo 1; read _; exec bash -c 'echo 2; read _; echo 3'")
            .start();
    assertThat(shell.inputReader().readLine()).isEqualTo("1");
    try {
      var before = scan(shell.pid()).main().orElseThrow().identity();
      assertThat(scan(shell.pid()).main().orElseThrow().identity()).isEqualTo(before);
      assertThat(PROC.is(before)).isTrue();

      shell.outputWriter().append("\n").flush();
      assertThat(shell.inputReader().readLine()).isEqualTo("2");

      var after = scan(shell.pid()).main().orElseThrow().identity();
      assertThat(after).isNotEqualTo(before);
      assertThat(after.executable()).isEqualTo(before.executable());
      assertThat(after.startTicks()).isEqualTo(before.startTicks());
      assertThat(PROC.is(before)).isFalse();
    } finally {
      shell.destroyForcibly().waitFor();
    }
  }

  /** As under tini, or a supervisor. */
  @Test
  void ofAnInitWithSeveralChildrenTheLargestIsJudgedAndAllAreFound() throws Exception {
    var init =
        new ProcessBuilder(
                "bash",
                "-c",
                "sleep 60 & perl -e '$x = \"a\" x 30_000_000; $|++; print \"large\\n"
                    + "\"; sleep 60' & wait")
            .start();
    try {
      assertThat(init.inputReader().readLine()).isEqualTo("large");
      var all = new ArrayList<Long>(List.of(init.pid()));
      init.descendants().forEach(child -> all.add(child.pid()));
      var target = scan(all.toArray(Long[]::new));

      assertThat(target.processes()).hasSize(3);
      assertThat(target.main().orElseThrow().executable()).hasFileName("perl");
      assertThat(target.main().orElseThrow().anonymousBytes()).isGreaterThan(30_000_000);
    } finally {
      init.descendants().forEach(ProcessHandle::destroyForcibly);
      init.destroyForcibly().waitFor();
    }
  }

  /** In a /proc of our own, where number 7 is one process and then another. */
  @Test
  void anotherProcessOfTheSamePidIsAnother(@TempDir Path proc) throws Exception {
    var one = new ProcessBuilder("sleep", "60").start();
    var other = new ProcessBuilder("sleep", "60").start();
    try {
      var scan = new ProcessScan(new CgroupTree(cgroups), new ProcFs(proc));
      var seven = Files.createSymbolicLink(proc.resolve("7"), Path.of("/proc/" + one.pid()));
      var before = scan(scan, 7L).main().orElseThrow().identity();
      assertThat(scan(scan, 7L).main().orElseThrow().identity()).isEqualTo(before);

      Files.delete(seven);
      Files.createSymbolicLink(seven, Path.of("/proc/" + other.pid()));

      var after = scan(scan, 7L).main().orElseThrow().identity();
      assertThat(after).isNotEqualTo(before);
      assertThat(after.executable()).isEqualTo(before.executable());
      assertThat(after.pid()).isEqualTo(before.pid());
    } finally {
      one.destroyForcibly().waitFor();
      other.destroyForcibly().waitFor();
    }
  }

  /** Root without the capability may not look at root with all; others may not look at root. */
  @Test
  void whoMayNotLookAtAProcessSaysWhichCapabilityIsMissing() throws Exception {
    boolean root = System.getProperty("user.name").equals("root");
    var looked = new ProcessBuilder("sleep", "60").start();
    var command =
        new ArrayList<>(root ? List.of("setpriv", "--bounding-set=-sys_ptrace") : List.of());
    command.addAll(
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            System.getProperty("java.class.path"),
            Powerless.class.getName(),
            cgroups.toString(),
            root ? Long.toString(looked.pid()) : "1"));
    try {
      var powerless = new ProcessBuilder(command).redirectErrorStream(true).start();

      assertThat(powerless.inputReader().readAllAsString())
          .contains("its processes may not be looked at: the agent lacks the capability SYS_PTRACE")
          .endsWith("processes: 0\n");
    } finally {
      looked.destroyForcibly().waitFor();
    }
  }

  /** Looks at a process. */
  static final class Powerless {
    private Powerless() {}

    public static void main(String... arguments) throws IOException {
      var test = new ProcessScanTest();
      test.cgroups = Path.of(arguments[0]);
      var target = test.scan(Long.valueOf(arguments[1]));
      System.out.println(target.denied().orElse("it may"));
      System.out.println("processes: " + target.processes().size());
    }
  }

  private Target scan(Long... pids) throws IOException {
    return scan(new ProcessScan(new CgroupTree(cgroups), PROC), pids);
  }

  private Target scan(ProcessScan scan, Long... pids) throws IOException {
    var directory = Files.createDirectories(cgroups.resolve("memory/kubepods/container-1"));
    Files.writeString(
        directory.resolve("cgroup.procs"),
        Stream.of(pids).map(pid -> pid + "\n").collect(Collectors.joining()));
    var container =
        new WatchedContainer(
            new ContainerKey("shop", "pod", "uid", "app", "container-1"),
            "policy",
            RuntimeChoice.AUTO,
            Duration.ofSeconds(15),
            Instant.EPOCH,
            Offers.none(),
            0.01);
    return scan.scan(List.of(container)).getFirst();
  }
}

package dev.heapwarden.probes.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heapwarden.crds.snapshot.MemorySnapshotStatus.Artifact.Source;
import dev.heapwarden.crds.snapshot.SnapshotKind;
import dev.heapwarden.detection.sample.RuntimeKind;
import dev.heapwarden.probes.go.ExecutableId;
import dev.heapwarden.probes.go.GoPrograms;
import dev.heapwarden.probes.gomemory.PprofTool;
import dev.heapwarden.probes.target.Endpoint;
import dev.heapwarden.probes.target.Offers;
import dev.heapwarden.probes.target.Target;
import dev.heapwarden.probes.target.TargetProcess;
import dev.heapwarden.probes.target.Web;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** On a real Go program in which goroutines waited for each other. */
class MutexEvidenceTest {
  @TempDir private Path directory;

  @Tag("E1")
  @Test
  void whoKeptOthersWaitingIsNamed() throws Exception {
    var taken = (Evidence.Taken) take("sampling");

    assertThat(PprofTool.open(taken.stored().path()).byStack().keySet())
        .anyMatch(stack -> stack.contains("main.holdsTheLock"));
    assertThat(taken.source()).contains(Source.PPROF);
  }

  @Test
  void aProgramThatSamplesNoMutexesSaysSoInsteadOfNothing() throws Exception {
    assertThat(take())
        .isInstanceOfSatisfying(
            Evidence.Refused.class,
            refused -> assertThat(refused.reason()).contains("runtime.SetMutexProfileFraction"));
  }

  @Test
  void aPolicyThatNamesNoPortGetsTheReason() throws Exception {
    assertThat(take(order(new Endpoint.NotNamed())))
        .isEqualTo(new Evidence.Refused("the policy names no pprof port"));
  }

  @Test
  void aPortWhereNobodyAnswersIsAFailure() throws Exception {
    assertThat(take(order(new Endpoint.At("127.0.0.1", 1, "/debug/pprof/"))))
        .isInstanceOf(Evidence.Failed.class);
  }

  @Test
  void autoStandsForItWhereThePolicyNamesAPort() throws Exception {
    var asked = List.of(SnapshotKind.AUTO);

    assertThat(Kinds.of(asked, order(new Endpoint.NotNamed())))
        .contains(SnapshotKind.SMAPS)
        .doesNotContain(SnapshotKind.MUTEX_PROFILE);
    assertThat(Kinds.of(asked, order(new Endpoint.At("127.0.0.1", 1, "/debug/pprof/"))))
        .contains(SnapshotKind.MUTEX_PROFILE);
    assertThat(Kinds.of(asked, JvmOrder.of(ProcessHandle.current().pid())))
        .contains(SnapshotKind.FINALIZER_INFO, SnapshotKind.SMAPS);
    assertThat(Kinds.of(asked, JvmOrder.of())).contains(SnapshotKind.SMAPS);
  }

  private Evidence take(String... arguments) throws IOException, InterruptedException {
    var command =
        new ArrayList<>(List.of(GoPrograms.build("go-mutexes", "mutexes", "local").toString()));
    command.addAll(List.of(arguments));
    var program =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    try (var output = program.inputReader()) {
      int port = Integer.parseInt(output.readLine());
      return take(order(new Endpoint.At("127.0.0.1", port, "/debug/pprof/")));
    } finally {
      program.destroyForcibly();
    }
  }

  private Evidence take(Order order) throws InterruptedException {
    return TestCollector.storingIn(directory).take(SnapshotKind.MUTEX_PROFILE, order);
  }

  private static Order order(Endpoint pprof) throws IOException {
    var exe = Path.of("/proc/self/exe");
    var process =
        new TargetProcess(
            new TargetProcess.Identity("id", 1, 1, ExecutableId.of(exe)),
            100 << 20,
            RuntimeKind.GO,
            exe,
            Optional.empty(),
            Optional.empty(),
            0);
    return new Order(
        new ArtifactStore.Owner("shop", "s1"),
        new Target(Web.watched(Web.KEY, Offers.pprof(pprof)), Optional.empty(), List.of(process)),
        Duration.ofSeconds(2),
        List.of(),
        Optional.empty());
  }
}

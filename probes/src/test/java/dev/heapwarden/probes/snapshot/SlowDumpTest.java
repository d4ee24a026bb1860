package dev.heapwarden.probes.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heapwarden.crds.snapshot.InstanceQuery;
import dev.heapwarden.probes.jvm.JavaProgram;
import dev.heapwarden.probes.jvm.JvmAttach;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;

/** The dump of a real JVM takes longer than was forecast: a heap of a few MiB takes no time. */
@ResourceLock(InstanceEvidenceTest.DUMPS)
@org.junit.jupiter.api.Order(0)
class SlowDumpTest {
  @TempDir private Path directory;

  @Test
  void aProcessWhoseDumpDidNotEndInTimeIsNotDumpedAgain() throws Exception {
    try (var program = JavaProgram.start()) {
      var evidence = evidence(_ -> Duration.ofMillis(1));
      assertThatThrownBy(() -> evidence.take(order(program)))
          .isInstanceOf(StalledException.class)
          .hasCauseInstanceOf(JvmAttach.LateException.class);

      assertRefused(
          evidence,
          program,
          "a heap dump of this process had not ended after 0.0 s before, and may have stopped it"
              + " for longer");
    }
  }

  /** The disk was slow, or others had the CPU. */
  @Test
  void whatADumpTookCountsForTheNextOne() throws Exception {
    try (var program = JavaProgram.start()) {
      var evidence = evidence(_ -> stopFor(program, Duration.ofSeconds(1)));
      assertThat(evidence.take(order(program))).isInstanceOf(Evidence.Taken.class);

      assertRefused(evidence, program, "a pod in service is stopped for 0.5 s at most");
    }
  }

  @Test
  void whatIsRememberedIsOfTheProcess() throws Exception {
    try (var slow = JavaProgram.start();
        var other = JavaProgram.start()) {
      var evidence = evidence(_ -> stopFor(slow, Duration.ofSeconds(1)));
      evidence.take(order(slow));

      assertThat(evidence.take(order(other))).isInstanceOf(Evidence.Taken.class);
    }
  }

  private InstanceEvidence evidence(UnaryOperator<Duration> deadlines) {
    return InstanceEvidenceTest.evidence(directory, deadlines, InstanceEvidenceTest.pod().build());
  }

  private static Order order(JavaProgram program) throws IOException {
    return JvmOrder.of(new InstanceQuery("Waiting", 5), program.pid());
  }

  private static void assertRefused(InstanceEvidence evidence, JavaProgram program, String reason)
      throws IOException, InterruptedException {
    assertThat(evidence.take(order(program)))
        .isInstanceOfSatisfying(
            Evidence.Refused.class, refused -> assertThat(refused.reason()).contains(reason));
  }

  /** Gives a deadline that this is no matter of. */
  private static Duration stopFor(JavaProgram program, Duration time) {
    signal(program, "-STOP");
    var _ =
        CompletableFuture.runAsync(
            () -> signal(program, "-CONT"),
            CompletableFuture.delayedExecutor(time.toMillis(), TimeUnit.MILLISECONDS));
    return Duration.ofMinutes(1);
  }

  private static void signal(JavaProgram program, String signal) {
    try {
      assertThat(new ProcessBuilder("kill", signal, Long.toString(program.pid())).start().waitFor())
          .isZero();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}

package dev.heapwarden.probes.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heapwarden.crds.snapshot.SnapshotKind;
import dev.heapwarden.probes.jvm.JavaProgram;
import dev.heapwarden.probes.jvm.JavaSource;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** On real JVMs in which nothing that is to be finalized ever is. */
class FinalizerEvidenceTest {
  private static final JavaSource SOURCE =
      new JavaSource(
          "Unfinished",
          """
          public class Unfinished {
            static class Connection {
              final String password = new String("hunter2");
              @SuppressWarnings({"deprecation", "removal"})
              protected void finalize() throws Exception { Thread.sleep(1_000_000); }
            }
            public static void main(String[] args) throws Exception {
              for (int i = 0; i < 500; i++) { new Connection(); }
              System.gc();
              System.out.println("ready");
              System.in.read();
            }
          }
          """);

  @TempDir private Path directory;

  @ParameterizedTest
  @ValueSource(strings = {"", "java"})
  void theClassWhoseFinalizersDoNotEndIsCounted(String java) throws Exception {
    try (var program = start(java.isEmpty() ? JavaProgram.OWN : java)) {
      var taken = (Evidence.Taken) take(program);

      assertThat(Unzipped.text(taken.stored().path()))
          .containsPattern("\\b4[0-9][0-9]\\s+Unfinished\\$Connection")
          .doesNotContain("hunter2");
      assertThat(program.alive()).isTrue();
    }
  }

  @Test
  void aJvmWithoutFinalizationIsToldSo() throws Exception {
    try (var program = start(JavaProgram.OWN, "--finalization=disabled")) {
      assertThat(take(program))
          .isInstanceOfSatisfying(
              Evidence.Refused.class,
              refused -> assertThat(refused.reason()).contains("--finalization=disabled"));
    }
  }

  private Evidence take(JavaProgram program) throws IOException, InterruptedException {
    return TestCollector.storingIn(directory)
        .take(SnapshotKind.FINALIZER_INFO, JvmOrder.of(program.pid()));
  }

  private static JavaProgram start(String java, String... options) throws IOException {
    return JavaProgram.start(SOURCE, java, Map.of(), options);
  }
}

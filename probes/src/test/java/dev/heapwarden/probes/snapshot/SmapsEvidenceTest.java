package dev.heapwarden.probes.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.heapwarden.crds.snapshot.SnapshotKind;
import dev.heapwarden.probes.jvm.JavaProgram;
import dev.heapwarden.probes.target.ProcFs;
import dev.heapwarden.probes.target.Target;
import dev.heapwarden.probes.target.Web;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** On a real JVM. */
class SmapsEvidenceTest {
  @TempDir private Path directory;

  @Test
  void theMemoryOfAProcessIsToldByWhatItIsMappedFor() throws Exception {
    try (var program = JavaProgram.start("-Xms64m", "-XX:+AlwaysPreTouch", "-XX:+UseSerialGC")) {
      var taken = (Evidence.Taken) take(program.pid());
      var told = Unzipped.json(taken.stored().path());

      assertThat(told.get("whole").asBoolean()).isTrue();
      assertThat(told.get("rollup").get("Rss").asLong()).isGreaterThan(64 << 20);
      var names = told.get("largest").findValuesAsText("name");
      assertThat(names).contains("anonymous").anyMatch(name -> name.endsWith("/libjvm.so"));
      assertThat(names).doesNotHaveDuplicates();
      assertThat(rss(told)).isCloseTo(told.get("rollup").get("Rss").asLong(), within(4 << 20));
      assertThat(taken.stall()).isLessThan(Duration.ofSeconds(1));
    }
  }

  private static org.assertj.core.data.Offset<Long> within(long bytes) {
    return org.assertj.core.data.Offset.offset(bytes);
  }

  private static long rss(JsonNode told) {
    return told.get("others").get("bytes").path("Rss").asLong()
        + StreamSupport.stream(told.get("largest").spliterator(), false)
            .mapToLong(mapped -> mapped.get("bytes").get("Rss").asLong())
            .sum();
  }

  @Test
  void aProcessInServiceThatWouldBeHeldUpForLongIsLeftAlone() throws Exception {
    try (var program = JavaProgram.start("-Xms64m", "-XX:+AlwaysPreTouch")) {
      var nothingIsAllowed =
          new StallGuard(
              "walking its page tables",
              _ -> new PauseBounds(false, Duration.ofNanos(1), Optional.empty()));
      var evidence =
          new SmapsEvidence(
              new ProcFs(Path.of("/proc")),
              new ArtifactStore(directory.resolve("store"), 1 << 24),
              nothingIsAllowed);

      assertThat(evidence.take(JvmOrder.of(program.pid())))
          .isInstanceOfSatisfying(
              Evidence.Refused.class,
              refused -> assertThat(refused.reason()).startsWith("walking its page tables could"));
    }
  }

  @Test
  void aContainerThatMayNotBeLookedAtSaysWhy() throws Exception {
    var order = JvmOrder.of();
    var denied =
        new Target(
            Web.watched(), Optional.empty(), List.of(), Optional.empty(), Optional.of("not ours"));

    assertThat(
            TestCollector.storingIn(directory)
                .take(
                    SnapshotKind.SMAPS,
                    new Order(
                        order.owner(),
                        denied,
                        order.window(),
                        order.jvmOptions(),
                        order.instances())))
        .isEqualTo(new Evidence.Refused("not ours"));
  }

  private Evidence take(long pid) throws IOException, InterruptedException {
    return TestCollector.storingIn(directory).take(SnapshotKind.SMAPS, JvmOrder.of(pid));
  }
}

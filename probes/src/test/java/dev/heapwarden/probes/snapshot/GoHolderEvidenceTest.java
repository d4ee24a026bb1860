package dev.heapwarden.probes.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heapwarden.crds.snapshot.HolderReport;
import dev.heapwarden.crds.snapshot.MemorySnapshotStatus;
import dev.heapwarden.crds.snapshot.MemorySnapshotStatus.Artifact.Source;
import dev.heapwarden.crds.snapshot.SnapshotKind;
import dev.heapwarden.probes.gomemory.AnsweringProgram;
import dev.heapwarden.probes.gomemory.GoHoldersProgram;
import dev.heapwarden.probes.target.ProcFs;
import dev.heapwarden.probes.target.Target;
import dev.heapwarden.probes.target.Web;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GoHolderEvidenceTest {
  @TempDir Path root;

  @Test
  void theVariableThatGrowsIsTheSiteOfAProgramThatTakesNoSamplesOfItsHeap() throws Exception {
    try (var program = GoHoldersProgram.start("local")) {
      program.grows();
      var taken = (Evidence.Taken) take(program, 0);
      var fastest = taken.told().holders().getFirst();

      assertThat(taken.source()).contains(Source.PROCESS_MEMORY);
      assertThat(fastest.name()).isEqualTo("main.grown");
      assertThat(fastest.kind()).isEqualTo(HolderReport.Kind.VARIABLE);
      assertThat(fastest.bytesPerSecond()).isGreaterThan(100_000);
      assertThat(fastest.share()).isBetween(0.001, 0.95);
      assertThat(status(taken).site()).isEqualTo("main.grown");
      assertThat(status(taken).holders()).hasSize(MemorySnapshotStatus.HOLDERS_LIMIT);
      var file = Unzipped.json(taken.stored().path());
      assertThat(file.get("holders").get(0).get("name").asText()).isEqualTo("main.grown");
      assertThat(file.get("heapInUse").asLong()).isGreaterThan(file.get("bytes").asLong());
    }
  }

  @Test
  void whereNothingGrowsNobodyIsTheSite() throws Exception {
    try (var program = GoHoldersProgram.start("local")) {
      assertThat(status((Evidence.Taken) take(program, 0)).site()).isNull();
    }
  }

  /** What leaks in bursts gains nothing in most windows. */
  @Test
  void whatGrewSinceAnEarlierLookIsTheSiteWhereNothingGrowsInTheWindow() throws Exception {
    try (var program = GoHoldersProgram.start("local")) {
      var evidence = evidence();
      take(evidence, program, 0);
      program.growsOnce();
      var taken = (Evidence.Taken) take(evidence, program, 0);

      assertThat(taken.told().holders().getFirst().name()).isEqualTo("main.grown");
      assertThat(status(taken).site()).isEqualTo("main.grown");
      assertThat(status((Evidence.Taken) take(evidence(), program, 0)).site()).isNull();
    }
  }

  @Test
  void aProgramWithoutSymbolsIsRefused() throws Exception {
    try (var program = GoHoldersProgram.start("local", "-ldflags=-s -w")) {
      assertThat(((Evidence.Refused) take(program, 0)).reason())
          .startsWith("stripped: no symbols name its global variables");
    }
  }

  @Test
  void aPidThatIsAnothersByNowIsNotTakenForIt() throws Exception {
    try (var program = GoHoldersProgram.start("local")) {
      assertThat(take(program, 1)).isEqualTo(new Evidence.Failed("the process has ended"));
    }
  }

  private Evidence take(AnsweringProgram program, long startedLater) throws Exception {
    return take(evidence(), program, startedLater);
  }

  private GoHolderEvidence evidence() {
    return new GoHolderEvidence(new ProcFs(Path.of("/proc")), new ArtifactStore(root, 1 << 20));
  }

  private static Evidence take(
      GoHolderEvidence evidence, AnsweringProgram program, long startedLater) throws Exception {
    return evidence.take(
        new Order(
            new ArtifactStore.Owner("shop", "s1"),
            new Target(Web.watched(), Optional.empty(), List.of(program.target(startedLater))),
            Duration.ofSeconds(1),
            List.of(),
            Optional.empty()));
  }

  private static MemorySnapshotStatus status(Evidence evidence) {
    var all = new LinkedHashMap<SnapshotKind, Evidence>();
    all.put(SnapshotKind.GO_HEAP_HOLDERS, evidence);
    return SnapshotReport.finished("node-1", Instant.EPOCH, Instant.EPOCH, all, null);
  }
}

package dev.heapwarden.probes.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heapwarden.crds.snapshot.HolderReport;
import dev.heapwarden.crds.snapshot.MemorySnapshotStatus;
import dev.heapwarden.crds.snapshot.MemorySnapshotStatus.AllocationReport;
import dev.heapwarden.crds.snapshot.MemorySnapshotStatus.Artifact;
import dev.heapwarden.crds.snapshot.SnapshotKind;
import dev.heapwarden.probes.gomemory.HeapProfile;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class SnapshotReportTest {
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

  @Test
  void aWindowThatDidNotSeeEverythingSaysSo() {
    var artifact = artifact(new Evidence.Window(true, 17));

    assertThat(artifact.cut()).isTrue();
    assertThat(artifact.lost()).isEqualTo(17);
  }

  @Test
  void nothingIsSaidOfAWindowThatSawEverything() {
    var artifact = artifact(new Evidence.Window(false, 0));

    assertThat(artifact.cut()).isNull();
    assertThat(artifact.lost()).isNull();
  }

  @Tag("E1")
  @Test
  void mapsThatHoldMostOfTheHeapAreAdvice() {
    var most = GoMemoryEvidence.advice(new HeapProfile.InUse(100 << 20, 72 << 20));

    assertThat(most)
        .singleElement()
        .asString()
        .startsWith("Maps hold 72 % of the 100.0 MiB in use");
    assertThat(GoMemoryEvidence.advice(new HeapProfile.InUse(100 << 20, 60 << 20))).isEmpty();
    assertThat(status(Evidence.Told.NOTHING.advising(most)).advice()).isEqualTo(most);
  }

  /** They were looked for, since native memory leaks: then who holds the heap is beside it. */
  @Test
  void whoLeavesNativeBlocksIsTheSiteBeforeWhoHoldsTheHeap() {
    var holder =
        new HolderReport(
            HolderReport.Kind.VARIABLE,
            "main.cache",
            null,
            9,
            0.9,
            9,
            90_000.0,
            1,
            null,
            List.of());
    var block = new AllocationReport("keep_copy", "malloc", 9, 9, 1, List.of());

    var evidence = new LinkedHashMap<SnapshotKind, Evidence>();
    evidence.put(SnapshotKind.GO_HEAP_HOLDERS, taken(Evidence.Told.holders(List.of(holder))));
    assertThat(status(evidence).site()).isEqualTo("main.cache");
    evidence.put(SnapshotKind.NATIVE_ALLOCATIONS, taken(Evidence.Told.allocations(List.of(block))));
    assertThat(status(evidence).site()).isEqualTo("keep_copy");
  }

  private static Artifact artifact(Evidence.Window window) {
    return status(Evidence.Told.maps(List.of()).of(window)).artifacts().getFirst();
  }

  private static MemorySnapshotStatus status(Evidence.Told told) {
    var evidence = new LinkedHashMap<SnapshotKind, Evidence>();
    evidence.put(SnapshotKind.MAP_GROWTH, taken(told));
    return status(evidence);
  }

  private static Evidence taken(Evidence.Told told) {
    return Evidence.Taken.of(
        new ArtifactStore.Stored(Path.of("/snapshots/map-growth.json"), 2, "sha"), told);
  }

  private static MemorySnapshotStatus status(SequencedMap<SnapshotKind, Evidence> evidence) {
    return SnapshotReport.finished("node-1", NOW, NOW, evidence, null);
  }
}

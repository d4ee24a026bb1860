package dev.heapwarden.probes.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heapwarden.crds.snapshot.MemorySnapshotStatus;
import dev.heapwarden.crds.snapshot.MemorySnapshotStatus.Artifact;
import dev.heapwarden.crds.snapshot.SnapshotKind;
import dev.heapwarden.probes.gomemory.HeapProfile;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
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

  private static Artifact artifact(Evidence.Window window) {
    return status(Evidence.Told.maps(List.of()).of(window)).artifacts().getFirst();
  }

  private static MemorySnapshotStatus status(Evidence.Told told) {
    var evidence = new LinkedHashMap<SnapshotKind, Evidence>();
    evidence.put(
        SnapshotKind.MAP_GROWTH,
        Evidence.Taken.of(
            new ArtifactStore.Stored(Path.of("/snapshots/map-growth.json"), 2, "sha"), told));
    return SnapshotReport.finished("node-1", NOW, NOW, evidence, null);
  }
}

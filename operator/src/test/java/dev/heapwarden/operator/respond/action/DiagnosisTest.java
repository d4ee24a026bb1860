package dev.heapwarden.operator.respond.action;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heapwarden.crds.incident.Finding;
import dev.heapwarden.crds.snapshot.MemorySnapshotStatus;
import dev.heapwarden.detection.verdict.Cause;
import dev.heapwarden.operator.respond.Fixtures;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DiagnosisTest {
  private final Finding baseline = baseline();

  @Test
  void theMapThatGrowsIsNamedWithItsTypeAndTheLineThatWritesIt() {
    var status =
        Serialization.unmarshal(
            """
            phase: Completed
            site: main.handle
            maps:
            - {instance: "0x1", type: 'map[int]int', entries: 9, entriesPerSecond: 900,
               sites: [{function: main.other, location: 'main.go:9', writes: 1}]}
            - {instance: "0x2", type: 'map[string]*main.session', entries: 3000, entriesPerSecond: 74.96,
               sites: [{function: main.handle, location: 'main.go:69', writes: 700}]}
            """,
            MemorySnapshotStatus.class);

    assertThat(Diagnosis.seen(baseline, status))
        .isEqualTo(
            new Seen.Done(
                "no artefacts; map[string]*main.session at main.handle (main.go:69) gains 75.0"
                    + " entries/s",
                Optional.of(new Seen.Culprit(Cause.MAP_GROWTH, "main.handle"))));
  }

  @ParameterizedTest
  @CsvSource({
    "map[string]*bytes.Buffer, main.write, LOG_BUFFER",
    "map[interface {}]*sync.entry, main.store, SYNC_MAP",
    "map[string]*main.page, main.(*pageCache).put, CACHE_WITHOUT_EVICTION",
    "map[string]*main.page, main.handle, MAP_GROWTH"
  })
  void aMapIsOfTheSameClassWhetherSamplesOrASnapshotSeeIt(String type, String site, Cause cause) {
    var status =
        Serialization.unmarshal(
            """
            phase: Completed
            site: %2$s
            maps:
            - {instance: "0x1", type: 'map[string]*bytes.Buffer', entries: 9, entriesPerSecond: 0,
               sites: [{function: '%2$s', writes: 1}]}
            - {instance: "0x2", type: '%1$s', entries: 3000, entriesPerSecond: 74.96,
               sites: [{function: '%2$s', writes: 700}]}
            """
                .formatted(type, site),
            MemorySnapshotStatus.class);

    assertThat(((Seen.Done) Diagnosis.seen(baseline, status)).culprit())
        .contains(new Seen.Culprit(cause, site));
  }

  @Test
  void ofAMapThatDoesNotGrowNothingIsSaid() {
    var status =
        Serialization.unmarshal(
            """
            phase: Completed
            site: main.handle
            maps:
            - {instance: "0x2", entries: 3000, entriesPerSecond: 0,
               sites: [{function: main.handle, writes: 700}]}
            """,
            MemorySnapshotStatus.class);

    assertThat(((Seen.Done) Diagnosis.seen(baseline, status)).message()).isEqualTo("no artefacts");
  }

  @Test
  void whatTheEvidenceAdvisesIsToldTheFirstThreeOfIt() {
    var status =
        Serialization.unmarshal(
            "phase: Completed\nadvice: [One., Two., Three., Four.]\n", MemorySnapshotStatus.class);

    assertThat(((Seen.Done) Diagnosis.seen(baseline, status)).message())
        .isEqualTo("no artefacts. One. Two. Three.");
  }

  private static Finding baseline() {
    var incident = Fixtures.incident("leak", "w1");
    Fixtures.ofCause(incident, "Unknown");
    return Objects.requireNonNull(incident.getStatus().baseline());
  }
}

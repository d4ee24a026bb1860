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

  @ParameterizedTest
  @CsvSource({
    "an old map that JSON is decoded into, 3000, 100, encoding/json.Unmarshal, JSON_KEPT",
    "one of a request, 100, 100, encoding/json.Unmarshal, MAP_GROWTH",
    "one beside a leak, 3000, 20, encoding/json.Unmarshal, MAP_GROWTH",
    "one of another decoder, 3000, 100, encoding/xml.Unmarshal, MAP_GROWTH"
  })
  void jsonIsKeptWhereAnOldMapGrowsByIt(
      String what, int entries, int perSecond, String caller, Cause cause) {
    var status =
        Serialization.unmarshal(
            """
            phase: Completed
            site: reflect.mapassign_faststr0
            maps:
            - {instance: "0x1", type: 'map[string]main.page', entries: %d, entriesPerSecond: %d,
               sites: [{function: reflect.mapassign_faststr0, writes: 700, callers: ['%s (decode.go:9)']}]}
            - {instance: "0x2", entries: 900, entriesPerSecond: 50,
               sites: [{function: main.other, writes: 500}]}
            """
                .formatted(entries, perSecond, caller),
            MemorySnapshotStatus.class);

    assertThat(((Seen.Done) Diagnosis.seen(baseline, status)).culprit())
        .as(what)
        .contains(new Seen.Culprit(cause, "reflect.mapassign_faststr0"));
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
  void whoHoldsTheHeapIsNamedWhereNoMapIs() {
    var status =
        Serialization.unmarshal(
            """
            phase: Completed
            site: main.sessions
            holders:
            - {kind: Variable, name: main.sessions, bytes: 62914560, share: 0.71, objects: 92104,
               bytesPerSecond: 1258291.2, depth: 3}
            - {kind: Goroutines, name: main.serve, bytes: 9000000, share: 0.2, objects: 9,
               bytesPerSecond: 1000, depth: 3}
            """,
            MemorySnapshotStatus.class);

    assertThat(Diagnosis.seen(baseline, status))
        .isEqualTo(
            new Seen.Done(
                "no artefacts; main.sessions holds 60.0 MiB (71 % of the heap) in 92,104 objects,"
                    + " gains 1.2 MiB/s",
                Optional.of(new Seen.Culprit(Cause.UNKNOWN, "main.sessions"))));
  }

  @Test
  void ofHoldersNoneOfWhichGainsTheLargerPartNothingIsSaid() {
    var status =
        Serialization.unmarshal(
            """
            phase: Completed
            holders:
            - {kind: Variable, name: main.a, bytes: 9, share: 0.1, objects: 1, bytesPerSecond: 3000}
            - {kind: Variable, name: main.b, bytes: 9, share: 0.1, objects: 1, bytesPerSecond: 2900}
            - {kind: Variable, name: main.c, bytes: 9, share: 0.1, objects: 1, bytesPerSecond: 2900}
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

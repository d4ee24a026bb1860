package dev.heapwarden.probes.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heapwarden.crds.snapshot.MemorySnapshot;
import dev.heapwarden.crds.snapshot.MemorySnapshotStatus;
import dev.heapwarden.crds.snapshot.MemorySnapshotStatus.Phase;
import dev.heapwarden.crds.snapshot.SnapshotKind;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ReportsTest {
  private Snapshots snapshots;
  private KubernetesClient client;
  private Reports reports;
  private MemorySnapshot running;

  @BeforeEach
  void aSnapshotRuns() throws IOException {
    snapshots = new Snapshots();
    snapshots.store(Snapshots.snapshot("shop", "s1", "2026-01-01T00:00:00Z"));
    client = snapshots.client();
    reports = new Reports(client);
    running =
        reports.write(snapshots.stored(), SnapshotReport.running("node-1", Instant.EPOCH, null));
  }

  @AfterEach
  void stop() {
    client.close();
    snapshots.close();
  }

  @Test
  void aLabelThatSomebodyChangedMeanwhileDoesNotUndoTheEvidence() {
    snapshots.touch();

    reports.conclude(running, completed());

    assertThat(stored()).isEqualTo(completed());
  }

  @Test
  void aConflictIsAnsweredByReadingAgain() {
    snapshots.nextWriteFailsWith.set(409);

    reports.conclude(running, completed());

    assertThat(stored()).isEqualTo(completed());
  }

  @Test
  void whatCouldNotBeWrittenIsWrittenLaterAndNotTakenAgain() {
    snapshots.nextWriteFailsWith.set(503);
    assertThatThrownBy(() -> reports.conclude(running, completed()))
        .isInstanceOf(KubernetesClientException.class);
    assertThat(stored().phase()).isEqualTo(Phase.RUNNING);

    reports.catchUp();

    assertThat(stored()).isEqualTo(completed());
  }

  @Test
  void whatCouldNotBeWrittenIsKeptWhileOthersAreTaken() {
    snapshots.nextWriteFailsWith.set(503);
    assertThatThrownBy(() -> reports.conclude(running, completed()))
        .isInstanceOf(KubernetesClientException.class);
    var first = snapshots.stored();
    var other = Snapshots.snapshot("shop", "s2", "2026-01-02T00:00:00Z");
    other.getMetadata().setUid("another");
    snapshots.store(other);
    var otherRunning = reports.write(other, SnapshotReport.running("node-1", Instant.EPOCH, null));
    reports.conclude(otherRunning, completed());
    assertThat(stored()).isEqualTo(completed());
    assertThat(reports.awaits(otherRunning)).isFalse();
    assertThat(reports.awaits(running)).isTrue();

    snapshots.store(first);
    reports.catchUp();

    assertThat(stored()).isEqualTo(completed());
    assertThat(reports.awaits(running)).isFalse();
  }

  @Test
  void whileTheApiServerDoesNotAnswerNothingElseIsTaken() {
    snapshots.nextWriteFailsWith.set(503);
    assertThatThrownBy(() -> reports.conclude(running, completed()))
        .isInstanceOf(KubernetesClientException.class);
    snapshots.close();

    assertThatThrownBy(reports::catchUp).isInstanceOf(KubernetesClientException.class);
  }

  @Test
  void aReportThatCannotBeWrittenHoldsNothingUp() {
    snapshots.nextWriteFailsWith.set(503);
    assertThatThrownBy(() -> reports.conclude(running, completed()))
        .isInstanceOf(KubernetesClientException.class);
    snapshots.nextWriteFailsWith.set(500);

    assertThatCode(reports::catchUp).doesNotThrowAnyException();
    reports.catchUp();
    assertThat(stored()).isEqualTo(completed());
  }

  @Test
  void aReportThatTheApiServerRefusesIsAFailureWithItsReason() {
    snapshots.nextWriteFailsWith.set(422);

    reports.conclude(running, completed());

    assertThat(stored().phase()).isEqualTo(Phase.FAILED);
    assertThat(stored().message())
        .isEqualTo("the API server refused the agent's report with HTTP 422");
  }

  @Test
  void anotherSnapshotOfTheSameNameIsLeftAlone() {
    var other = Snapshots.snapshot("shop", "s1", "2026-01-02T00:00:00Z");
    other.getMetadata().setUid("another");
    snapshots.store(other);

    reports.conclude(running, completed());
    assertThat(snapshots.stored().getStatus()).isNull();

    snapshots.delete();
    assertThatCode(() -> reports.conclude(running, completed())).doesNotThrowAnyException();
  }

  private MemorySnapshotStatus stored() {
    return snapshots.stored().getStatus();
  }

  private static MemorySnapshotStatus completed() {
    var evidence = new LinkedHashMap<SnapshotKind, Evidence>();
    evidence.put(
        SnapshotKind.GO_HEAP_PROFILE,
        Evidence.Taken.of(new ArtifactStore.Stored(Path.of("/s/f"), 3, "ab")));
    return SnapshotReport.finished("node-1", Instant.EPOCH, Instant.EPOCH, evidence, null);
  }
}

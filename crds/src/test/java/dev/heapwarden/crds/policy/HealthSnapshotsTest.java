package dev.heapwarden.crds.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heapwarden.crds.snapshot.SnapshotKind;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.List;
import org.junit.jupiter.api.Test;

class HealthSnapshotsTest {
  /** Kinds that Auto leaves out: they copy the heap or collect it, or give memory back. */
  private static final List<String> ONLY_BY_ORDER =
      List.of("HeapDump", "InstanceSample", "CollectGarbage", "TrimNativeHeap", "PreviousLog");

  @Test
  void aKindIsTakenByScheduleOnlyWhereItIsHarmlessAndTellsOfAHealthyProgram() {
    for (var kind : SnapshotKind.values()) {
      var name = Serialization.asJson(kind).replace('"', '\'');

      assertThat(HealthSnapshots.HARMLESS.contains(name))
          .as(name)
          .isNotEqualTo(ONLY_BY_ORDER.contains(name.replace("'", "")));
    }
  }

  @Test
  void aScheduleAloneIsEnough() {
    assertThat(Serialization.unmarshal("schedule: 0 0 3 * * ?", HealthSnapshots.class))
        .isEqualTo(new HealthSnapshots("0 0 3 * * ?", "UTC", List.of(SnapshotKind.AUTO), 3));
  }
}

package dev.heapwarden.operator.health;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class HealthSnapshotRetentionTest extends DueHealthSnapshots {
  HealthSnapshotRetentionTest() throws IOException {}

  @Test
  void onlyTheNewestAreKept() {
    passDays(5);

    assertThat(server.snapshots.values())
        .extracting(Series::dueOf)
        .containsExactly("20260703t010000z", "20260704t010000z", "20260705t010000z");
  }

  @Test
  void whatBelongsToAnotherPolicyIsNotDeleted() {
    var other = due(DUE.minus(Duration.ofDays(9)));
    other.getMetadata().setName("other");
    other.getMetadata().setUid("uid-other");
    orders(other, DUE, container(CHECKOUT, "a", "app", HEALTHY));
    passDays(4);

    assertThat(server.snapshots.keySet()).anyMatch(name -> name.startsWith("other-"));
  }

  @Test
  void aRefusalDoesNotKeepTheOldOnes() {
    passDays(3);
    keep = 2;
    server.refusals.put("a", 422);
    var fourth = DUE.plus(Duration.ofDays(3));
    orders(due(fourth), fourth, container(CHECKOUT, "a", "app", HEALTHY));

    assertThat(server.snapshots.values())
        .extracting(Series::dueOf)
        .containsExactly("20260702t010000z", "20260703t010000z");
  }

  @Test
  void whereAQuotaIsSpentTheOldestMakesRoom() {
    passDays(3);
    server.quota = 3;
    var fourth = DUE.plus(Duration.ofDays(3));
    orders(due(fourth), fourth, container(CHECKOUT, "a", "app", HEALTHY));

    assertThat(server.snapshots.values())
        .extracting(Series::dueOf)
        .containsExactly("20260702t010000z", "20260703t010000z", "20260704t010000z");
    assertThat(problems).isEmpty();
  }

  private void passDays(int days) {
    for (int day = 0; day < days; day++) {
      var time = DUE.plus(Duration.ofDays(day));
      orders(due(time), time, container(CHECKOUT, "a", "app", HEALTHY));
    }
  }
}

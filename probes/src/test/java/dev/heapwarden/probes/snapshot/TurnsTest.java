package dev.heapwarden.probes.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heapwarden.crds.snapshot.MemorySnapshot;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class TurnsTest {
  @Test
  void aNamespaceWithManyOrdersDoesNotKeepTheOthersWaiting() {
    var waiting =
        new ArrayList<>(
            List.of(
                snapshot("loud", "1", 1),
                snapshot("loud", "2", 2),
                snapshot("loud", "3", 3),
                snapshot("quiet", "a", 9),
                snapshot("shy", "z", 9)));
    assertThat(inTurn(waiting)).containsExactly("1", "a", "z", "2", "3");
    assertThat(new Turns().next(List.of())).isEmpty();
  }

  @Test
  void ofOneNamespaceTheOldestComesFirst() {
    assertThat(new Turns().next(List.of(snapshot("shop", "a", 2), snapshot("shop", "b", 1))))
        .hasValueSatisfying(next -> assertThat(next.getMetadata().getName()).isEqualTo("b"));
  }

  @Test
  void theEvidenceOfAnIncidentComesFirstThenWhatPeopleAskForThenRoutine() {
    var waiting =
        new ArrayList<>(
            List.of(
                owned("MemoryPolicy", snapshot("a", "look", 1)),
                owned("MemoryPolicy", snapshot("b", "health", 1)),
                snapshot("c", "user", 5),
                owned("LeakIncident", snapshot("d", "evidence", 9))));

    assertThat(inTurn(waiting)).containsExactly("evidence", "user", "look", "health");
  }

  @Test
  void ofOneNamespaceTheEvidenceOfAnIncidentComesFirst() {
    var waiting =
        new ArrayList<>(
            List.of(
                owned("MemoryPolicy", snapshot("shop", "look", 1)),
                snapshot("shop", "user", 5),
                owned("LeakIncident", snapshot("shop", "first", 8)),
                owned("LeakIncident", snapshot("shop", "second", 9))));

    assertThat(inTurn(waiting)).containsExactly("first", "second", "user", "look");
  }

  @Test
  void aNamespaceFullOfIncidentsDoesNotKeepTheOthersWaiting() {
    var waiting =
        new ArrayList<>(
            List.of(
                owned("LeakIncident", snapshot("loud", "1", 1)),
                owned("LeakIncident", snapshot("loud", "2", 2)),
                owned("LeakIncident", snapshot("loud", "3", 3)),
                snapshot("quiet", "a", 9)));

    assertThat(inTurn(waiting)).containsExactly("1", "a", "2", "3");
  }

  @Test
  void twoNamespacesWithEndlessIncidentsDoNotKeepAThirdWaiting() {
    var turns = new Turns();
    var asked = snapshot("quiet", "asked", 1);
    var order = new ArrayList<String>();
    for (int second = 2; second < 6; second++) {
      var waiting =
          new ArrayList<>(
              List.of(
                  asked,
                  owned("LeakIncident", snapshot("loud", "incident", second)),
                  owned("LeakIncident", snapshot("noisy", "incident", second))));
      if (order.contains("quiet")) {
        waiting.remove(asked);
      }
      order.add(turns.next(waiting).orElseThrow().getMetadata().getNamespace());
    }

    assertThat(order).containsExactly("loud", "noisy", "quiet", "loud");
  }

  @Test
  void theKindOfAnOwnerOfAnotherApiMeansNothing() {
    var foreign = owned("LeakIncident", snapshot("a", "foreign", 9));
    foreign.getMetadata().getOwnerReferences().getFirst().setApiVersion("example.com/v1");
    var waiting = new ArrayList<>(List.of(foreign, snapshot("a", "user", 1)));

    assertThat(inTurn(waiting)).containsExactly("user", "foreign");
  }

  private static List<String> inTurn(List<MemorySnapshot> waiting) {
    var turns = new Turns();
    var order = new ArrayList<String>();
    while (!waiting.isEmpty()) {
      var next = turns.next(waiting).orElseThrow();
      waiting.remove(next);
      order.add(next.getMetadata().getName());
    }
    return order;
  }

  private static MemorySnapshot owned(String kind, MemorySnapshot snapshot) {
    snapshot
        .getMetadata()
        .setOwnerReferences(
            List.of(
                new OwnerReferenceBuilder()
                    .withApiVersion("heapwarden.dev/v1alpha1")
                    .withKind(kind)
                    .withName("owner")
                    .withUid("uid-owner")
                    .build()));
    return snapshot;
  }

  private static MemorySnapshot snapshot(String namespace, String name, int second) {
    return Snapshots.snapshot(namespace, name, "2026-01-01T00:00:0" + second + "Z");
  }
}

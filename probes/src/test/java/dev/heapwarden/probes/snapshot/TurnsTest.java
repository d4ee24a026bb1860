package dev.heapwarden.probes.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heapwarden.crds.snapshot.MemorySnapshot;
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
    var turns = new Turns();
    var order = new ArrayList<String>();
    while (!waiting.isEmpty()) {
      var next = turns.next(waiting).orElseThrow();
      waiting.remove(next);
      order.add(next.getMetadata().getName());
    }

    assertThat(order).containsExactly("1", "a", "z", "2", "3");
    assertThat(turns.next(waiting)).isEmpty();
  }

  @Test
  void ofOneNamespaceTheOldestComesFirst() {
    assertThat(new Turns().next(List.of(snapshot("shop", "a", 2), snapshot("shop", "b", 1))))
        .hasValueSatisfying(next -> assertThat(next.getMetadata().getName()).isEqualTo("b"));
  }

  private static MemorySnapshot snapshot(String namespace, String name, int second) {
    return Snapshots.snapshot(namespace, name, "2026-01-01T00:00:0" + second + "Z");
  }
}

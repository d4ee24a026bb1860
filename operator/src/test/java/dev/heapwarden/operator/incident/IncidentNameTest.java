package dev.heapwarden.operator.incident;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heapwarden.operator.evaluate.Workload;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IncidentNameTest {
  @Test
  void theSameLeakAlwaysHasTheSameName() {
    var name = IncidentName.of(workload("checkout", "uid-1"), "app", 1);

    assertThat(name).isEqualTo(IncidentName.of(workload("checkout", "uid-1"), "app", 1));
    assertThat(name).matches("checkout-app-[0-9a-f]{8}-1");
  }

  @Test
  void anotherWorkloadContainerOrEpisodeHasAnother() {
    assertThat(IncidentName.of(workload("checkout", "uid-1"), "app", 1))
        .isNotEqualTo(IncidentName.of(workload("checkout", "uid-2"), "app", 1))
        .isNotEqualTo(IncidentName.of(workload("checkout", "uid-1"), "api", 1))
        .isNotEqualTo(IncidentName.of(workload("checkout", "uid-1"), "app", 2));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a",
        "shop.checkout.v2",
        "a-very-long-name-that-somebody-gave-to-a-deployment-and-did-not-shorten-afterwards",
        "exactly-so-long-that-the-cut-would-fall-right-after-a.dot-or-dash"
      })
  void isALabelThatTheApiServerTakes(String name) {
    for (var episode : new int[] {1, 12, 123_456}) {
      assertThat(IncidentName.of(workload(name, "uid"), "application-container", episode))
          .matches("[a-z0-9]([-a-z0-9]*[a-z0-9])?")
          .hasSizeLessThanOrEqualTo(63)
          .endsWith("-" + episode);
    }
    assertThat(IncidentName.label(name))
        .matches("[A-Za-z0-9]([-._A-Za-z0-9]*[A-Za-z0-9])?")
        .hasSizeLessThanOrEqualTo(63);
  }

  private static Workload workload(String name, String uid) {
    return new Workload("Deployment", name, uid);
  }
}

package dev.heapwarden.operator.evaluate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heapwarden.crds.policy.ContainerStatus;
import dev.heapwarden.crds.policy.MemoryPolicy;
import dev.heapwarden.crds.policy.MemoryPolicyStatus;
import dev.heapwarden.detection.verdict.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class AnnouncerTest {
  private static final WatchedContainer CONFIRMED =
      Cluster.watched("checkout-1", new Verdict.Confirmed(Cluster.evidence("It grows.")));

  private final List<String> said = new ArrayList<>();
  private final MemoryPolicy policy = Cluster.policy("checkout", "2026-03-01T00:00:00Z");
  private final AssessmentBook book = new AssessmentBook();
  private final Announcer announcer =
      new Announcer((_, reason, message) -> said.add(reason.text() + " " + message), book);

  @Test
  void aLeakIsAnnouncedOnce() {
    announce();
    book.replace(policy.getMetadata(), List.of(CONFIRMED));
    announce();

    assertThat(said)
        .containsExactly(
            "LeakConfirmed checkout-1/checkout: It grows.", "LeakConfirmed checkout: It grows.");
  }

  @Test
  void anOperatorThatStartsAnewDoesNotRepeatWhatTheStatusShows() {
    policy.setStatus(shows("Confirmed"));

    announce();

    assertThat(said).isEmpty();
  }

  @Test
  void anOperatorThatStartsAnewSaysWhatIsNewSince() {
    policy.setStatus(shows("Suspected"));

    announce();

    assertThat(said).hasSize(2);
  }

  private void announce() {
    announcer.verdicts(policy, List.of(Cluster.pod("checkout-1", Map.of())), List.of(CONFIRMED));
  }

  private static MemoryPolicyStatus shows(String verdict) {
    var line =
        new ContainerStatus("checkout-1", "checkout", "Go", verdict, "It grew.", List.of(), null);
    return new MemoryPolicyStatus(
        1L, 1, 1, 1, 0, 0, List.of(line), List.of(), null, List.of(), null);
  }
}

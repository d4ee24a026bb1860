package dev.heapwarden.operator.evaluate;

import static dev.heapwarden.operator.evaluate.Cluster.condition;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heapwarden.crds.policy.MemoryPolicy;
import dev.heapwarden.crds.policy.MemoryPolicyStatus;
import io.fabric8.kubernetes.api.model.Condition;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Who deletes a policy is told why it is still there. */
class DeletedPolicyTest {
  @Test
  void aDeletedPolicyThatIsStillThereNamesTheIncidentsThatItWaitsFor() {
    var policy = Cluster.policy("checkout", "2026-01-01T00:00:00Z");
    var holders = List.of("leak-1", "leak-2", "leak-3", "leak-4");
    assertThat(waiting(policy, holders).conditions())
        .as("nobody deleted it")
        .noneMatch(condition -> condition.getType().equals("Undone"));

    policy.getMetadata().setDeletionTimestamp("2026-03-01T11:00:00Z");

    assertThat(condition(waiting(policy, holders), "Undone"))
        .extracting(Condition::getStatus, Condition::getReason, Condition::getMessage)
        .containsExactly(
            "False",
            "IncidentsHeld",
            "it goes once what was done about these incidents is undone: leak-1, leak-2, leak-3 and"
                + " 1 more");
  }

  @Test
  void aDeletedPolicyThatWaitsSaysSoByAnEventOnceAndAgainWhenItWaitsForOthers() {
    var said = new ArrayList<String>();
    var announcer =
        new Announcer(
            (_, reason, message) -> said.add(reason.text() + " " + message), new AssessmentBook());
    var policy = Cluster.policy("checkout", "2026-01-01T00:00:00Z");
    policy.getMetadata().setDeletionTimestamp("2026-03-01T11:00:00Z");
    for (var holders :
        List.of(List.of("leak-1", "leak-2"), List.of("leak-1", "leak-2"), List.of("leak-2"))) {
      var status = waiting(policy, holders);
      announcer.conditions(policy, status);
      policy.setStatus(status);
    }

    var wait = "DeletionWaits it goes once what was done about these incidents is undone: ";
    assertThat(said).containsExactly(wait + "leak-1, leak-2", wait + "leak-2");
  }

  private static MemoryPolicyStatus waiting(MemoryPolicy policy, List<String> holders) {
    return PolicyStatus.of(
        policy,
        Levels.parse("1,2,3"),
        PolicyRules.compile(policy),
        new Governance(List.of(), Map.of()),
        List.of(),
        Optional.empty(),
        Optional.empty(),
        holders,
        Cluster.NOW);
  }
}

package dev.heapwarden.operator.evaluate;

import static dev.heapwarden.operator.evaluate.Cluster.condition;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heapwarden.crds.policy.MemoryPolicy;
import dev.heapwarden.crds.policy.MemoryPolicySpec;
import dev.heapwarden.crds.policy.MemoryPolicyStatus;
import dev.heapwarden.crds.policy.Observe;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PolicySchedulesTest {
  @Test
  void theNextHealthSnapshotIsAnnounced() {
    var policy = scheduled("0 0 3 * * ?", "Europe/Berlin");
    var unscheduled = Cluster.policy("checkout", "2026-01-01T00:00:00Z");

    assertThat(look(policy).nextHealthSnapshot()).isEqualTo("2026-03-02T02:00:00Z");
    assertThat(condition(look(policy), "SchedulesValid").getStatus()).isEqualTo("True");
    assertThat(look(unscheduled).nextHealthSnapshot()).isNull();
  }

  @ParameterizedTest
  @ValueSource(strings = {"* * * * * ?", "0 * * * * ?", "0 0/4 3 ? * MON", "0 0,59 * * * ?"})
  void healthSnapshotsInQuickSuccessionAreRefusedWithTheReason(String schedule) {
    var status = look(scheduled(schedule, "Europe/Berlin"));

    assertThat(status.nextHealthSnapshot()).isNull();
    assertThat(condition(status, "SchedulesValid"))
        .extracting(Condition::getStatus, Condition::getMessage)
        .containsExactly(
            "False",
            "observe.healthSnapshots: '%s' comes again within 5 minutes: none are taken; let at least as much pass between two times"
                .formatted(schedule));
  }

  @ParameterizedTest
  @ValueSource(strings = {"0 0/5 * * * ?", "0 55 23 ? * SUN", "0 0 3 1 1 ? 2020"})
  void aScheduleThatLeavesThemFiveMinutesIsKept(String schedule) {
    assertThat(condition(look(scheduled(schedule, "Europe/Berlin")), "SchedulesValid").getStatus())
        .isEqualTo("True");
  }

  @Test
  void healthSnapshotsThatCouldNotBeOrderedAreShownUntilTheNextTime() {
    var policy = scheduled("0 0 3 * * ?", "Europe/Berlin");
    var failed = new HealthOrder(Cluster.NOW, List.of("deployment/a container app: quota"));

    policy.setStatus(look(policy, Optional.of(failed)));
    var status = look(policy, Optional.empty());

    assertThat(condition(status, "HealthSnapshotsOrdered"))
        .extracting(Condition::getStatus, Condition::getReason, Condition::getMessage)
        .containsExactly(
            "False",
            "OrderFailed",
            "of those due 2026-03-01T12:00:00Z: deployment/a container app: quota");

    policy.setStatus(status);
    assertThat(
            condition(
                    look(policy, Optional.of(new HealthOrder(Cluster.NOW, List.of()))),
                    "HealthSnapshotsOrdered")
                .getStatus())
        .isEqualTo("True");
  }

  @Test
  void aTimeZoneThatNobodyKnowsIsShownWithItsField() {
    var status = look(scheduled("0 0 3 * * ?", "Europe/Atlantis"));

    assertThat(status.nextHealthSnapshot()).isNull();
    assertThat(condition(status, "SchedulesValid"))
        .extracting(Condition::getStatus, Condition::getMessage)
        .containsExactly(
            "False",
            "observe.healthSnapshots: '0 0 3 * * ?' in time zone 'Europe/Atlantis' cannot be read:"
                + " Unknown time-zone ID: Europe/Atlantis");
  }

  private static MemoryPolicy scheduled(String schedule, String timeZone) {
    var policy = Cluster.policy("checkout", "2026-01-01T00:00:00Z");
    var observe = "healthSnapshots: {schedule: '%s', timeZone: %s}".formatted(schedule, timeZone);
    var spec = policy.getSpec();
    policy.setSpec(
        new MemoryPolicySpec(
            spec.selector(),
            spec.containers(),
            spec.runtime(),
            Serialization.unmarshal(observe, Observe.class),
            spec.rules(),
            spec.respond()));
    return policy;
  }

  private static MemoryPolicyStatus look(MemoryPolicy policy) {
    return look(policy, Optional.empty());
  }

  private static MemoryPolicyStatus look(MemoryPolicy policy, Optional<HealthOrder> health) {
    return PolicyStatus.of(
        policy,
        Levels.parse("1,2,3"),
        PolicyRules.compile(policy),
        new Governance(List.of(Cluster.pod("a", Map.of("app", "checkout"))), Map.of()),
        List.of(),
        Optional.empty(),
        health,
        List.of(),
        Cluster.NOW);
  }
}

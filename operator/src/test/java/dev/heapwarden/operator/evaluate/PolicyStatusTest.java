package dev.heapwarden.operator.evaluate;

import static dev.heapwarden.operator.evaluate.Cluster.condition;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heapwarden.crds.policy.ContainerStatus;
import dev.heapwarden.crds.policy.MemoryPolicy;
import dev.heapwarden.crds.policy.MemoryPolicySpec;
import dev.heapwarden.crds.policy.MemoryPolicyStatus;
import dev.heapwarden.crds.policy.Respond;
import dev.heapwarden.crds.policy.Rule;
import dev.heapwarden.detection.sample.Attachment;
import dev.heapwarden.detection.verdict.Verdict;
import dev.heapwarden.operator.collect.Sight;
import io.fabric8.kubernetes.api.model.Condition;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PolicyStatusTest {
  private static final Attachment GC = new Attachment("GoGc", Attachment.State.ATTACHED, null);
  private static final Attachment MAPS =
      new Attachment("GoMapGrowth", Attachment.State.REFUSED, "no pclntab");
  private static final MemoryPolicy POLICY = Cluster.policy("checkout", "2026-01-01T00:00:00Z");
  private static final Levels ALL = Levels.parse("1,2,3");
  private static final Governance GOVERNED =
      new Governance(List.of(Cluster.pod("a", Map.of("app", "checkout"))), Map.of());

  @Test
  void countsWhatIsWatchedAttachedAndFound() {
    var status =
        status(
            Cluster.watched("a", confirmed(), GC),
            Cluster.watched("b", suspected(), GC, MAPS),
            Cluster.watched("c", healthy()),
            Cluster.unseen("d", new Sight.NotListed("agent-1")));

    assertThat(status)
        .extracting(
            MemoryPolicyStatus::containers,
            MemoryPolicyStatus::attached,
            MemoryPolicyStatus::suspected,
            MemoryPolicyStatus::confirmed)
        .containsExactly(3, 1, 1, 1);
  }

  @Test
  void findingsAndRefusalsComeFirst() {
    var status =
        status(
            Cluster.watched("a", healthy(), GC),
            Cluster.watched("b", healthy(), GC, MAPS),
            Cluster.watched("c", suspected(), GC),
            Cluster.watched("d", confirmed(), GC));

    assertThat(status.watched())
        .extracting(ContainerStatus::pod)
        .containsExactly("d", "c", "b", "a");
  }

  @Test
  void staysSmallHoweverManyContainersThereAre() {
    var many =
        IntStream.range(0, 500).mapToObj(i -> Cluster.watched("p" + i, healthy(), GC)).toList();

    assertThat(status(many.toArray(WatchedContainer[]::new)).watched())
        .hasSize(MemoryPolicyStatus.WATCHED_LIMIT);
  }

  @Test
  void aRefusedProbeIsShownWithItsReason() {
    assertThat(status(Cluster.watched("a", healthy(), MAPS)).watched())
        .first()
        .extracting(ContainerStatus::probes)
        .isEqualTo(
            List.of(new ContainerStatus.ProbeStatus("GoMapGrowth", "Refused", "no pclntab")));
  }

  @Test
  void whatWatchingCostsIsShownPerContainerAndAtItsMost() {
    var status = status(Cluster.watched("a", healthy(), GC), Cluster.watched("b", healthy(), GC));

    assertThat(status.watched()).extracting(ContainerStatus::overhead).containsOnly("0.4%");
    assertThat(status.overhead()).isEqualTo("0.4%");
    assertThat(status().overhead()).isNull();
  }

  @Test
  void abstainingSaysWhy() {
    var warmingUp =
        new Verdict.Inconclusive(
            Verdict.Inconclusive.Reason.WARM_UP, Cluster.evidence("Two minutes old."));

    assertThat(status(Cluster.watched("a", warmingUp, GC)).watched())
        .first()
        .extracting(ContainerStatus::verdict, ContainerStatus::message)
        .containsExactly("Inconclusive", "WarmUp: Two minutes old.");
  }

  @Test
  void aSilentAgentIsVisibleAndItsContainersHaveNoVerdict() {
    var silent = new Sight.Silent("agent-1", Cluster.NOW.minusSeconds(60), "Connection refused");

    var status = status(Cluster.watched("a", healthy(), GC), Cluster.unseen("b", silent));

    assertThat(condition(status, "Ready"))
        .extracting(Condition::getStatus, Condition::getReason)
        .containsExactly("False", "AgentSilent");
    assertThat(condition(status, "Ready").getMessage())
        .isEqualTo(
            "1 of 2 containers without a verdict; b: agent agent-1 has not answered since"
                + " 2026-03-01T11:59:00Z: Connection refused");
    assertThat(status.watched())
        .filteredOn(line -> line.pod().equals("b"))
        .extracting(ContainerStatus::verdict)
        .containsExactly("Inconclusive");
  }

  @Test
  void isReadyOnlyWhenSomethingIsWatchedAndAllOfIt() {
    assertThat(condition(status(Cluster.watched("a", healthy(), GC)), "Ready").getStatus())
        .isEqualTo("True");
    assertThat(condition(status(Cluster.unseen("a", new Sight.NoAgent())), "Ready").getReason())
        .isEqualTo("NoAgent");
    var nothing = new Governance(List.of(), Map.of());
    assertThat(condition(status(POLICY, ALL, nothing), "Ready").getReason()).isEqualTo("NoPods");
  }

  @Test
  void aPolicyWhoseContainersAreMisspeltIsNotReadyAndNamesThem() {
    var policy = Cluster.policy("checkout", "2026-01-01T00:00:00Z");
    policy.setSpec(naming(policy.getSpec(), "chekout", "proxi"));

    assertThat(condition(status(policy, ALL, GOVERNED), "Ready"))
        .extracting(Condition::getStatus, Condition::getReason, Condition::getMessage)
        .containsExactly(
            "False",
            "NoContainers",
            "no container named in spec.containers runs in the governed pods: chekout, proxi");
  }

  @Test
  void aPolicyOfPodsWhoseContainersAllWaitIsNotReady() {
    assertThat(condition(status(POLICY, ALL, GOVERNED), "Ready"))
        .extracting(Condition::getStatus, Condition::getReason, Condition::getMessage)
        .containsExactly("False", "NoContainers", "no container of the governed pods runs");
  }

  @Test
  void aConflictNamesTheWinnerAndSomeOfThePods() {
    var conflict = Map.of("older", List.of("p1", "p2", "p3", "p4", "p5"));
    var status = status(POLICY, ALL, new Governance(List.of(), conflict));

    assertThat(condition(status, "Conflicted"))
        .extracting(Condition::getStatus, Condition::getMessage)
        .containsExactly("True", "older policy older governs p1, p2, p3 and 2 more");
  }

  @Test
  void aRuleThatDoesNotCompileIsShownWithItsPlaceAndTheNamesThereAre() {
    var policy =
        Cluster.policy(
            "wrong",
            "2026-01-01T00:00:00Z",
            new Rule(null, "mine", null, "live_heap_slop > 1.0", 2));

    var status = status(policy, ALL, GOVERNED);

    assertThat(condition(status, "RulesValid").getMessage())
        .contains("rule mine at 1:1", "live_heap_slop", "live_heap_slope");
    assertThat(condition(status, "Ready").getReason()).isEqualTo("RulesInvalid");
  }

  @Test
  void aSignalThatNeverCameIsShownWithTheRuleThatNeedsIt() {
    var missing =
        new Verdict.Inconclusive(
            Verdict.Inconclusive.Reason.MISSING_SIGNAL,
            Cluster.evidence("Nothing was ever sampled for live_heap_slope_low."));

    var status = status(Cluster.watched("a", healthy(), GC), Cluster.watched("b", missing, GC));

    assertThat(condition(status, "SignalsSeen"))
        .extracting(Condition::getStatus, Condition::getReason, Condition::getMessage)
        .containsExactly(
            "False",
            "MissingSignal",
            "1 of 2 containers cannot be judged; b: MissingSignal: Nothing was ever sampled for"
                + " live_heap_slope_low.");
    assertThat(condition(status(), "SignalsSeen").getStatus()).isEqualTo("True");
  }

  @Test
  void aPolicyThatAsksForALevelThatIsNotInstalledIsTold() {
    var policy = Cluster.policy("checkout", "2026-01-01T00:00:00Z");
    policy.setSpec(asking(policy.getSpec(), 3));

    var status = status(policy, Levels.parse("1,3"), GOVERNED);

    assertThat(condition(status, "LevelsInstalled"))
        .extracting(Condition::getStatus, Condition::getMessage)
        .containsExactly(
            "False",
            "respond.maxLevel 3 includes level 2, and Heapwarden is installed with levels 1, 3:"
                + " those steps are refused");
    assertThat(condition(status(), "LevelsInstalled").getStatus()).isEqualTo("True");
  }

  @Test
  void anOpenCircuitBreakerIsShownWithWhatAPersonDoes() {
    assertThat(condition(status(Optional.of("3 did not help; annotate it")), "BreakerClosed"))
        .extracting(Condition::getStatus, Condition::getReason, Condition::getMessage)
        .containsExactly("False", "DidNotHelp", "3 did not help; annotate it");
    assertThat(condition(status(), "BreakerClosed").getStatus()).isEqualTo("True");
  }

  @Test
  void aSecondLookThatFindsTheSameWritesNothingNew() {
    var first = status(Cluster.watched("a", healthy(), GC));
    var policy = Cluster.policy("checkout", "2026-01-01T00:00:00Z");
    policy.setStatus(first);

    assertThat(
            PolicyStatus.of(
                policy,
                ALL,
                PolicyRules.compile(policy),
                GOVERNED,
                List.of(Cluster.watched("a", healthy(), GC)),
                Optional.empty(),
                Optional.empty(),
                List.of(),
                Cluster.NOW.plusSeconds(60)))
        .isEqualTo(first);
  }

  private static MemoryPolicySpec naming(MemoryPolicySpec spec, String... containers) {
    return new MemoryPolicySpec(
        spec.selector(),
        List.of(containers),
        spec.runtime(),
        spec.observe(),
        spec.rules(),
        spec.respond());
  }

  private static MemoryPolicySpec asking(MemoryPolicySpec spec, int maxLevel) {
    var respond = spec.respond();
    return new MemoryPolicySpec(
        spec.selector(),
        spec.containers(),
        spec.runtime(),
        spec.observe(),
        spec.rules(),
        new Respond(
            respond.mode(),
            maxLevel,
            respond.diagnose(),
            respond.isolate(),
            respond.intervene(),
            respond.limits(),
            respond.cooldown(),
            respond.maintenanceWindows()));
  }

  /** Before any of its containers was seen. */
  private static MemoryPolicyStatus status(
      MemoryPolicy policy, Levels levels, Governance governance) {
    return PolicyStatus.of(
        policy,
        levels,
        PolicyRules.compile(policy),
        governance,
        List.of(),
        Optional.empty(),
        Optional.empty(),
        List.of(),
        Cluster.NOW);
  }

  private static MemoryPolicyStatus status(WatchedContainer... containers) {
    return status(Optional.empty(), containers);
  }

  private static MemoryPolicyStatus status(
      Optional<String> breaker, WatchedContainer... containers) {
    return PolicyStatus.of(
        POLICY,
        ALL,
        PolicyRules.compile(POLICY),
        GOVERNED,
        List.of(containers),
        breaker,
        Optional.empty(),
        List.of(),
        Cluster.NOW);
  }

  private static Verdict healthy() {
    return new Verdict.Healthy(Cluster.evidence("Nothing grows."));
  }

  private static Verdict suspected() {
    return new Verdict.Suspected(Cluster.evidence("Something grows."));
  }

  private static Verdict confirmed() {
    return new Verdict.Confirmed(Cluster.evidence("It leaks."));
  }
}

package dev.heapwarden.operator.respond.action;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heapwarden.crds.incident.Step.State;
import dev.heapwarden.crds.policy.GoSettings;
import dev.heapwarden.crds.policy.Mode;
import dev.heapwarden.crds.policy.Restart;
import dev.heapwarden.operator.respond.Fixtures;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RestartPodsTest extends RestartingPods {
  RestartPodsTest() throws IOException {}

  @ParameterizedTest
  @ValueSource(strings = {"StatefulSet", "Deployment", "DaemonSet", "ReplicaSet"})
  void thePodsThatLeakAreEvictedOneAfterTheOtherTheOldestFirst(String owner) {
    kind = owner;
    var planned = planned();
    assertThat(planned.message())
        .startsWith("restart 2 pods by eviction, one after the other")
        .endsWith("ready again: ledger-1 (runs for 2h), ledger-0 (runs for 1h)");
    assertThat(evictions).as("tried without its effect").containsExactly("ledger-1 dry uid-1");
    evictions.clear();

    assertThat(act(planned)).isInstanceOf(Acted.Again.class);
    assertThat(evictions).containsExactly("ledger-1 uid-1");
    assertThat(act(planned))
        .isEqualTo(
            new Acted.Again(
                "1 of 2 pods are evicted; NotAvailable: 1 of 2 pods are ready, as many as there"
                    + " shall be are waited for (ledger-1)"));

    put("ledger-1", "uid-3", true);
    assertThat(act(planned)).as("the last one").isEqualTo(new Acted.Yes());
    assertThat(evictions).containsExactly("ledger-1 uid-1", "ledger-0 uid-0");
    assertThat(look(planned)).isInstanceOf(Seen.NotYet.class);

    put("ledger-0", "uid-4", true);
    assertThat(look(planned)).isInstanceOf(Seen.Done.class);
  }

  @Test
  void whatWasEvictedBeforeACrashIsNotEvictedAgain() {
    var planned = planned();
    act(planned);
    put("ledger-1", "uid-3", true);
    act(planned);
    put("ledger-0", "uid-4", true);
    evictions.clear();

    assertThat(action().isActed(situation(), step(planned))).isTrue();
    assertThat(act(planned)).isEqualTo(new Acted.Yes());
    assertThat(evictions).isEmpty();
  }

  @Test
  void theNextPodWaitsUntilTheOneBeforeWasReadyForLongEnough() {
    var planned = planned();
    act(planned);
    now = now.plusSeconds(60);
    put("ledger-1", "uid-3", true);
    now = now.minusSeconds(55);
    evictions.clear();

    assertThat(act(planned)).isInstanceOf(Acted.Again.class);
    assertThat(evictions).isEmpty();
    now = now.plusSeconds(5);
    assertThat(act(planned)).isEqualTo(new Acted.Yes());
  }

  @Test
  void aSuccessorThatDoesNotBecomeReadyStopsItWithItsReason() {
    var planned = planned();
    act(planned);
    put("ledger-1", "uid-3", false);
    now = now.plus(Duration.ofMinutes(5));
    assertThat(act(planned)).isInstanceOf(Acted.Again.class);
    now = now.plus(Duration.ofMinutes(2));

    assertThat(act(planned)).as("what it did is to be looked at").isEqualTo(new Acted.Yes());
    assertThat(look(planned))
        .isEqualTo(
            new Seen.Failed(
                "stopped when 1 of 2 pods are evicted: NotAvailable: 1 of 2 pods are ready, as many"
                    + " as there shall be are waited for (ledger-1)"));
    assertThat(evictions).doesNotContain("ledger-0 uid-0");
  }

  @Test
  void aSuccessorThatNobodyMakesStopsItToo() {
    var planned = planned();
    act(planned);
    pods.remove("ledger-1");
    now = now.plus(Duration.ofMinutes(7));
    assertThat(act(planned)).isEqualTo(new Acted.Yes());
    assertThat(look(planned)).isInstanceOf(Seen.Failed.class);
  }

  @Test
  void aBudgetThatAllowsNothingIsWaitedForAndNobodyIsAsked() {
    budgets.add(budget("ledger", 0));
    assertThat(plan())
        .isEqualTo(
            new Plan.NotNow(
                "statefulset/ledger", "PodDisruptionBudget ledger allows no disruption now"));
    assertThat(evictions).isEmpty();
  }

  @Test
  void whatTheApiServerDoesNotLetGoNowIsTriedAgainForAWhile() {
    var planned = planned();
    refusal = 429;
    assertThat(act(planned))
        .isEqualTo(
            new Acted.Again(
                "0 of 2 pods are evicted; a PodDisruptionBudget does not let pod ledger-1 go now"));
    now = now.plus(Duration.ofMinutes(7));
    assertThat(act(planned))
        .isEqualTo(new Acted.No("a PodDisruptionBudget does not let pod ledger-1 go now"));
  }

  @Test
  void twoBudgetsForOnePodAreRefusedSinceTheApiServerTakesOne() {
    budgets.add(budget("ledger", 1));
    budgets.add(budget("all", 1));
    assertThat(plan())
        .isEqualTo(
            new Plan.Refuse(
                "statefulset/ledger",
                "SeveralBudgets: PodDisruptionBudgets all, ledger select pod ledger-1, and the"
                    + " Eviction API takes one at most"));
  }

  @Test
  void theOnlyReplicaStays() {
    wanted = 1;
    updated = 1;
    pods.remove("ledger-1");
    assertThat(plan())
        .isEqualTo(
            new Plan.Refuse(
                "statefulset/ledger",
                "LastReadyReplica: statefulset/ledger wants 1 pod, and nobody would serve until its"
                    + " successor does"));
  }

  @Test
  void whileAnotherReplicaIsNotReadyNoneGoes() {
    put("ledger-0", "uid-0", false);
    assertThat(((Plan.NotNow) plan()).reason()).startsWith("NotAvailable: 1 of 2");
  }

  @Test
  void aRolloutThatIsUnderWayIsNotCompletedByTheBackDoor() {
    updated = 1;
    assertThat(((Plan.NotNow) plan()).reason()).startsWith("RolloutUnderWay");
  }

  @Test
  void youngPodsHaveNothingToGiveBack() {
    ages.replaceAll((name, age) -> Duration.ofMinutes(14));
    assertThat(plan())
        .isEqualTo(
            new Plan.Refuse(
                "statefulset/ledger",
                "TooYoung: the pods that leak run for less than 15m (ledger-0 (runs for 14m),"
                    + " ledger-1 (runs for 14m)), and a restart gives back only what grew since"));
  }

  @Test
  void aPodThatWasJustIsolatedIsKept() {
    isolate("ledger-1");
    put("ledger-2", "uid-2", true);
    assertThat(planned().facts()).containsExactly(Map.entry("pod/ledger-0", "0 uid-0"));
  }

  @Test
  void aPodThatIsIsolatedMeanwhileIsKeptToo() {
    var planned = planned();
    isolate("ledger-1");
    put("ledger-2", "uid-2", true);
    evictions.clear();
    assertThat(act(planned)).isEqualTo(new Acted.Yes());
    assertThat(evictions).containsExactly("ledger-0 uid-0");
  }

  @Test
  void noMorePodsThanThePolicySaysAreRestarted() {
    asked = new Restart(1);
    assertThat(planned().facts()).containsExactly(Map.entry("pod/ledger-1", "0 uid-1"));
    assertThat(planned().message())
        .endsWith("; 1 more leak and are left: too young, or above the policy's max");
  }

  @ParameterizedTest
  @ValueSource(strings = {"Job", "CronJob", "Pod", "ConfigMap"})
  void whatNobodyMakesAgainIsRefused(String owner) {
    kind = owner;
    assertThat(((Plan.Refuse) plan()).reason())
        .startsWith("OwnerCannotReplace: " + owner + " ledger");
  }

  @Test
  void aRolloutThatIsDoneAnywayMakesItNeedless() {
    settings = new GoSettings(90, 20, null, Map.of());
    assertThat(plan())
        .as("not decided yet")
        .isEqualTo(
            new Plan.NotNow(
                "statefulset/ledger",
                "RolledOut: PatchEnvironment comes first, and may make the pods anew"));
    var patched = Fixtures.step("PatchEnvironment", 3, State.INTENDED, now);
    assertThat(action().plan(situation(List.of(patched))))
        .isEqualTo(
            new Plan.Refuse(
                "statefulset/ledger", "RolledOut: PatchEnvironment makes the pods anew already"));
    var refused = Fixtures.step("PatchEnvironment", 3, State.REFUSED, now);
    assertThat(action().plan(situation(List.of(refused)))).isInstanceOf(Plan.Do.class);
    mode = Mode.DRY_RUN;
    assertThat(planned().message()).endsWith("left out where PatchEnvironment makes the pods anew");
  }

  @Test
  void aPolicyThatAsksForItNoMoreIsHeeded() {
    var planned = planned();
    asked = null;
    assertThat(act(planned)).isEqualTo(new Acted.No("the policy changed after this was intended"));
  }

  @Test
  void thereIsNothingToTakeBackAndNoFurtherPodGoes() {
    var planned = planned();
    act(planned);
    assertThat(action().undo(incident(List.of()), step(planned), now))
        .isEqualTo(
            new Seen.Done(
                "1 of 2 pods were restarted, no further one will be; there is nothing to take"
                    + " back"));
  }
}

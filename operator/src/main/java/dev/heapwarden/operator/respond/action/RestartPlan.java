package dev.heapwarden.operator.respond.action;

import static java.util.stream.Collectors.joining;

import dev.heapwarden.crds.Durations;
import dev.heapwarden.crds.incident.Step.State;
import dev.heapwarden.crds.policy.Mode;
import dev.heapwarden.crds.policy.Restart;
import dev.heapwarden.operator.evaluate.Assessments;
import dev.heapwarden.operator.respond.action.LeakingPods.Leaking;
import dev.heapwarden.operator.respond.journal.ActionKind;
import dev.heapwarden.operator.respond.journal.Steps;
import dev.heapwarden.operator.respond.journal.Texts;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Objects;

/** Which pods are restarted, in which order. Looks only. */
record RestartPlan(KubernetesClient client, Assessments assessments) {
  Plan of(Situation situation) {
    var object = situation.target().workload();
    var replaced =
        Steps.newest(situation.status(), ActionKind.PATCH_ENVIRONMENT).filter(Replaced::isBegun);
    if (replaced.isPresent()) {
      return new Plan.Refuse(object, "RolledOut: PatchEnvironment makes the pods anew already");
    }
    if (isRolloutOpen(situation) && situation.respond().mode() != Mode.DRY_RUN) {
      return new Plan.NotNow(
          object, "RolledOut: PatchEnvironment comes first, and may make the pods anew");
    }
    var leaking =
        LeakingPods.of(client, assessments, situation).stream()
            // What detection knows of an isolation is a moment old.
            .filter(pod -> !Pods.isIsolated(pod.pod()))
            .toList();
    if (leaking.isEmpty()) {
      return new Plan.Refuse(object, LeakingPods.NONE);
    }
    var old =
        leaking.stream()
            .filter(pod -> pod.assessment().containerAge().compareTo(youth(situation)) >= 0)
            .sorted(oldestFirst())
            .toList();
    if (old.isEmpty()) {
      return new Plan.Refuse(object, tooYoung(situation, leaking));
    }
    return Fleet.find(client, situation.incident())
        .map(fleet -> of(situation, fleet, old, leaking.size()))
        .orElseGet(() -> new Plan.Refuse(object, Fleet.whyNone(situation.incident())));
  }

  private Plan of(Situation situation, Fleet fleet, List<Leaking> old, int leaking) {
    var object = situation.target().workload();
    var chosen = old.stream().limit(restart(situation).max()).toList();
    var pods = new ArrayList<Restarting>();
    chosen.forEach(pod -> pods.add(new Restarting(pods.size(), pod.name(), pod.uid())));
    var rolling = new RollingRestart(client, fleet, situation);
    var alone = rolling.whyAlone();
    if (alone.isPresent()) {
      return new Plan.Refuse(object, alone.get());
    }
    var budgets = budgets(rolling, chosen.getFirst());
    if (budgets.size() > 1) {
      return new Plan.Refuse(
          object,
          "SeveralBudgets: PodDisruptionBudgets %s select pod %s, and the Eviction API takes one at most"
              .formatted(String.join(", ", budgets), chosen.getFirst().name()));
    }
    return rolling
        .whyNotYet(pods.getFirst())
        .or(() -> rolling.tryOut(pods.getFirst()))
        .<Plan>map(why -> new Plan.NotNow(object, why))
        .orElseGet(() -> restart(situation, chosen, pods, leaking));
  }

  private static List<String> budgets(RollingRestart rolling, Leaking first) {
    return rolling.protections(first.pod()).stream()
        .map(protection -> protection.budget().getMetadata().getName())
        .sorted()
        .toList();
  }

  private static Plan restart(
      Situation situation, List<Leaking> chosen, List<Restarting> pods, int leaking) {
    var facts = new LinkedHashMap<String, String>();
    pods.forEach(pod -> facts.put(pod.key(), pod.fact()));
    return new Plan.Do(
        situation.target().workload(),
        "restart %d pods by eviction, one after the other, the next when as many as there shall be are ready again: %s%s%s"
            .formatted(
                pods.size(),
                chosen.stream().map(RestartPlan::text).collect(joining(", ")),
                pods.size() < leaking
                    ? "; %d more leak and are left: too young, or above the policy's max"
                        .formatted(leaking - pods.size())
                    : "",
                isRolloutOpen(situation)
                    ? "; left out where PatchEnvironment makes the pods anew"
                    : ""),
        pods.stream()
            .map(pod -> Serialization.asYaml(pod.eviction(situation.namespace())))
            .collect(joining()),
        facts);
  }

  private static String text(Leaking pod) {
    return "%s (runs for %s)"
        .formatted(pod.name(), Texts.duration(pod.assessment().containerAge()));
  }

  private static Comparator<Leaking> oldestFirst() {
    return Comparator.comparing((Leaking pod) -> pod.assessment().containerAge())
        .reversed()
        .thenComparing(Leaking::name);
  }

  /** Such as could not even be compared with what comes after: a restart gives next to nothing. */
  private static Duration youth(Situation situation) {
    var observe = situation.policy().getSpec().observe();
    return Durations.parse(observe.warmUp())
        .plus(Durations.parse(observe.window()).multipliedBy(2));
  }

  private static String tooYoung(Situation situation, List<Leaking> leaking) {
    return "TooYoung: the pods that leak run for less than %s (%s), and a restart gives back only what grew since"
        .formatted(
            Texts.duration(youth(situation)),
            leaking.stream()
                .sorted(oldestFirst())
                .limit(3)
                .map(RestartPlan::text)
                .collect(joining(", ")));
  }

  /** Whether it is not decided yet if variables are rolled out. */
  private static boolean isRolloutOpen(Situation situation) {
    var intervene = situation.respond().intervene();
    return (intervene.go() != null || intervene.jvm() != null)
        && Steps.newest(situation.status(), ActionKind.PATCH_ENVIRONMENT)
            .map(step -> step.state() == State.PLANNED)
            .orElse(true);
  }

  private static Restart restart(Situation situation) {
    return Objects.requireNonNull(situation.respond().intervene().restart(), "no restart");
  }
}

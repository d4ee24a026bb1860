package dev.heapwarden.operator.respond.action;

import dev.heapwarden.crds.incident.LeakIncident;
import dev.heapwarden.crds.incident.Step;
import dev.heapwarden.operator.respond.journal.ActionKind;
import dev.heapwarden.operator.respond.journal.Steps;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * Level 3: more replicas, where a HorizontalPodAutoscaler decides on them through its minReplicas,
 * else through {@code /scale}; both fenced by resourceVersion. Not by apply: an apply of replicas
 * meets no conflict after {@code kubectl scale}, and its undo leaves one. Taken back only while
 * nobody else owns the number.
 */
public final class AddReplicas extends DeploymentChange {
  private static final String FROM = "from";
  private static final String TO = "to";

  /** UID of the HorizontalPodAutoscaler; absent where none decides. */
  private static final String AUTOSCALER = "autoscaler";

  public AddReplicas(KubernetesClient client) {
    super(client);
  }

  @Override
  public ActionKind kind() {
    return ActionKind.ADD_REPLICAS;
  }

  @Override
  public boolean isAsked(Situation situation) {
    return situation.respond().intervene().scale() != null;
  }

  @Override
  Plan plan(Situation situation, Deployment deployment) {
    var scale = Objects.requireNonNull(situation.respond().intervene().scale(), "no scale");
    if (Rollout.replicas(deployment) == 0) {
      return new Plan.Refuse(
          situation.target().workload(), "ScaledToZero: there is nothing to add to");
    }
    var autoscalers = autoscalers(deployment);
    var wanted =
        autoscalers.isEmpty()
            ? MoreReplicas.scaled(scale, new Replicas(client, deployment))
            : MoreReplicas.autoscaled(scale, autoscalers.getFirst(), Rollout.replicas(deployment));
    if (autoscalers.size() > 1) {
      return new Plan.Refuse(
          wanted.object(),
          "AmbiguousSelector: %d HorizontalPodAutoscalers name this Deployment, and none scales it"
              .formatted(autoscalers.size()));
    }
    if (wanted.isNone()) {
      return new Plan.Refuse(wanted.object(), wanted.whyNone());
    }
    var owned = owned(wanted.number());
    if (owned.isPresent()) {
      return new Plan.Suggest(
          wanted.object(),
          "%s; by hand, set it to %d there".formatted(owned.get(), wanted.to()),
          wanted.patch());
    }
    return new Plan.Do(wanted.object(), wanted.message(), wanted.patch(), facts(wanted));
  }

  private static Map<String, String> facts(MoreReplicas wanted) {
    var from = Integer.toString(wanted.number().count());
    var to = Integer.toString(wanted.to());
    return wanted.number() instanceof MinReplicas autoscaler
        ? Map.of(FROM, from, TO, to, AUTOSCALER, autoscaler.uid())
        : Map.of(FROM, from, TO, to);
  }

  @Override
  boolean isActed(Situation situation, Step step, Deployment deployment) {
    return number(step, deployment)
        .filter(number -> isSet(number, step, situation.fieldManager()))
        .isPresent();
  }

  @Override
  Acted act(Situation situation, Step step, Deployment deployment) {
    if (isActed(situation, step, deployment)) {
      return new Acted.Yes();
    }
    var autoscalers = autoscalers(deployment);
    var number = number(step, deployment);
    if (number.isEmpty() || (!autoscalers.isEmpty() && !isOfAutoscaler(step))) {
      return new Acted.No(
          autoscalers.isEmpty()
              ? "the HorizontalPodAutoscaler is gone"
              : "another HorizontalPodAutoscaler decides on replicas since this was intended");
    }
    int now = number.get().count();
    if (now != fact(step, FROM)) {
      return new Acted.No(
          "somebody else set %s to %d after this was intended"
              .formatted(number.get().field(), now));
    }
    var owned = owned(number.get());
    if (owned.isPresent()) {
      return new Acted.Owned(owned.get());
    }
    return number.get().set(fact(step, TO), situation.fieldManager())
        ? new Acted.Yes()
        : new Acted.Again("somebody wrote at the same time");
  }

  @Override
  Optional<String> missing(Situation situation, Step step, Deployment deployment) {
    var number = number(step, deployment);
    return number.isEmpty()
        ? Optional.of("the HorizontalPodAutoscaler is gone")
        : number
            .filter(now -> now.count() != fact(step, TO))
            .map(now -> "somebody else set %s to %d".formatted(now.field(), now.count()));
  }

  @Override
  Seen done(Situation situation, Step step, Deployment deployment, String rollout) {
    int now = Rollout.replicas(deployment);
    int to = fact(step, TO);
    if (now < to) {
      return new Seen.NotYet(
          "the HorizontalPodAutoscaler has not scaled yet: %d of %d replicas".formatted(now, to));
    }
    return new Seen.Done(
        isOfAutoscaler(step)
            ? "minReplicas %d instead of %d: %d replicas, all available"
                .formatted(to, fact(step, FROM), now)
            : "%d replicas instead of %d, all available".formatted(now, fact(step, FROM)));
  }

  @Override
  Seen undo(LeakIncident incident, Step step, Deployment deployment) {
    return isOfAutoscaler(step)
        ? undoWithout(incident, step)
        : undo(new Replicas(client, deployment), step, Situation.fieldManager(incident));
  }

  /** An autoscaler outlives its Deployment, and finds the next one by its name. */
  @Override
  Seen undoWithout(LeakIncident incident, Step step) {
    if (!isOfAutoscaler(step)) {
      return super.undoWithout(incident, step);
    }
    return MinReplicas.in(client, incident.getMetadata().getNamespace()).stream()
        .filter(autoscaler -> autoscaler.uid().equals(Steps.fact(step, AUTOSCALER)))
        .findFirst()
        .map(autoscaler -> undo(autoscaler, step, Situation.fieldManager(incident)))
        .orElseGet(() -> new Seen.Done("the HorizontalPodAutoscaler is gone"));
  }

  private static Seen undo(ReplicaNumber number, Step step, String manager) {
    int before = fact(step, FROM);
    if (isSet(number, step, manager)) {
      return new Seen.NotYet(
          number.set(before, manager)
              ? "%s set back to %d".formatted(number.field(), before)
              : "somebody wrote while %s was to be set back".formatted(number.field()));
    }
    if (!number.release(manager)) {
      return new Seen.NotYet(
          "somebody wrote while %s was to be given up".formatted(number.field()));
    }
    int now = number.count();
    return new Seen.Done(
        now == before
            ? "%s back to %d".formatted(number.field(), now)
            : "%d %s are not ours, but of %s: left alone"
                .formatted(now, number.field(), number.others(manager)));
  }

  private static boolean isSet(ReplicaNumber number, Step step, String manager) {
    return number.count() == fact(step, TO) && number.isOnlyOf(manager);
  }

  /** What the step changes, as it is now; empty where its autoscaler is gone. */
  private Optional<? extends ReplicaNumber> number(Step step, Deployment deployment) {
    return isOfAutoscaler(step)
        ? autoscalers(deployment).stream()
            .filter(autoscaler -> autoscaler.uid().equals(Steps.fact(step, AUTOSCALER)))
            .findFirst()
        : Optional.of(new Replicas(client, deployment));
  }

  private static boolean isOfAutoscaler(Step step) {
    return !Steps.fact(step, AUTOSCALER).isEmpty();
  }

  /** Who declares the number sets it back at the next apply, or meets a conflict. */
  private static Optional<String> owned(ReplicaNumber number) {
    return number
        .declaredBy()
        .map(
            manager ->
                "Owned: spec.%s is applied by field manager %s".formatted(number.field(), manager))
        .or(() -> controlled(number))
        .or(() -> Keeper.of(number.object()).map(Keeper::reason));
  }

  private static Optional<String> controlled(ReplicaNumber number) {
    return number instanceof MinReplicas autoscaler
        ? autoscaler
            .controller()
            .map(
                owner ->
                    "Owned: HorizontalPodAutoscaler %s is made by %s"
                        .formatted(autoscaler.name(), owner))
        : Optional.empty();
  }

  private List<MinReplicas> autoscalers(Deployment deployment) {
    var metadata = deployment.getMetadata();
    return MinReplicas.of(client, metadata.getNamespace(), metadata.getName());
  }

  private static int fact(Step step, String name) {
    return Integer.parseInt(Steps.fact(step, name));
  }
}

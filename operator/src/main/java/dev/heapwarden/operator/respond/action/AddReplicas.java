package dev.heapwarden.operator.respond.action;

import dev.heapwarden.crds.incident.LeakIncident;
import dev.heapwarden.crds.incident.Step;
import dev.heapwarden.operator.respond.journal.ActionKind;
import dev.heapwarden.operator.respond.journal.Steps;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * Level 3: more replicas through {@code /scale} with resourceVersion. Not by apply: an apply of
 * replicas meets no conflict after {@code kubectl scale}, and its undo leaves one. Taken back only
 * while nobody else owns the number.
 */
public final class AddReplicas extends DeploymentChange {
  private static final String FROM = "from";
  private static final String TO = "to";

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
    var object = situation.target().workload();
    int from = Rollout.replicas(deployment);
    int to = Math.min(from + scale.add(), scale.max());
    if (from == 0) {
      return new Plan.Refuse(object, "ScaledToZero: there is nothing to add to");
    }
    var autoscaler = autoscaler(situation);
    if (autoscaler.isPresent()) {
      return new Plan.Suggest(
          object,
          "Owned: HorizontalPodAutoscaler %s decides on replicas; by hand, set its minReplicas to %d"
              .formatted(autoscaler.get(), Math.max(from, to)),
          """
          apiVersion: autoscaling/v2
          kind: HorizontalPodAutoscaler
          metadata:
            name: %s
          spec:
            minReplicas: %d
          """
              .formatted(autoscaler.get(), Math.max(from, to)));
    }
    if (to <= from) {
      return new Plan.Refuse(
          object,
          "MaxReached: %d replicas, and the policy's max is %d".formatted(from, scale.max()));
    }
    var patch =
        """
        apiVersion: autoscaling/v1
        kind: Scale
        metadata:
          name: %s
        spec:
          replicas: %d
        """
            .formatted(situation.target().name(), to);
    var owned = owned(deployment);
    if (owned.isPresent()) {
      return new Plan.Suggest(
          object, "%s; by hand, set it to %d there".formatted(owned.get(), to), patch);
    }
    return new Plan.Do(
        object,
        "scale from %d to %d replicas".formatted(from, to),
        patch,
        Map.of(FROM, Integer.toString(from), TO, Integer.toString(to)));
  }

  @Override
  boolean isActed(Situation situation, Step step, Deployment deployment) {
    var replicas = new Replicas(client, deployment);
    return replicas.count() == number(step, TO) && replicas.isOnlyOf(situation.fieldManager());
  }

  @Override
  Acted act(Situation situation, Step step, Deployment deployment) {
    var replicas = new Replicas(client, deployment);
    int now = replicas.count();
    if (isActed(situation, step, deployment)) {
      return new Acted.Yes();
    }
    if (now != number(step, FROM)) {
      return new Acted.No(
          "somebody else scaled to %d replicas after this was intended".formatted(now));
    }
    var owned = owned(deployment);
    if (owned.isPresent()) {
      return new Acted.Owned(owned.get());
    }
    return replicas.scale(number(step, TO), situation.fieldManager())
        ? new Acted.Yes()
        : new Acted.Again("the Deployment changed while it was to be scaled");
  }

  @Override
  Optional<String> missing(Situation situation, Step step, Deployment deployment) {
    int now = Rollout.replicas(deployment);
    return now == number(step, TO)
        ? Optional.empty()
        : Optional.of("somebody else scaled to %d replicas".formatted(now));
  }

  @Override
  Seen done(Situation situation, Step step, Deployment deployment, String rollout) {
    return new Seen.Done(
        "%d replicas instead of %d, all available"
            .formatted(Rollout.replicas(deployment), number(step, FROM)));
  }

  @Override
  Seen undo(LeakIncident incident, Step step, Deployment deployment) {
    var manager = Situation.fieldManager(incident);
    var replicas = new Replicas(client, deployment);
    int now = replicas.count();
    int before = number(step, FROM);
    if (now == number(step, TO) && replicas.isOnlyOf(manager)) {
      return new Seen.NotYet(
          replicas.scale(before, manager)
              ? "scaled back to %d replicas".formatted(before)
              : "the Deployment changed while it was to be scaled back");
    }
    if (!replicas.release(manager)) {
      return new Seen.NotYet("the Deployment changed while its replicas were to be given up");
    }
    return new Seen.Done(
        now == before
            ? "back to %d replicas".formatted(now)
            : "%d replicas are not ours, but of %s: left alone"
                .formatted(now, replicas.others(manager)));
  }

  /** Who declares the number sets it back at the next apply, or meets a conflict. */
  private Optional<String> owned(Deployment deployment) {
    return new Replicas(client, deployment)
        .declaredBy()
        .map("Owned: spec.replicas is applied by field manager %s"::formatted)
        .or(() -> Keeper.of(deployment).map(Keeper::reason));
  }

  private Optional<String> autoscaler(Situation situation) {
    return client
        .autoscaling()
        .v2()
        .horizontalPodAutoscalers()
        .inNamespace(situation.namespace())
        .list()
        .getItems()
        .stream()
        .filter(
            autoscaler -> {
              var target = autoscaler.getSpec().getScaleTargetRef();
              return target.getKind().equals("Deployment")
                  && target.getName().equals(situation.target().name());
            })
        .map(autoscaler -> autoscaler.getMetadata().getName())
        .findFirst();
  }

  private static int number(Step step, String fact) {
    return Integer.parseInt(Steps.fact(step, fact));
  }
}

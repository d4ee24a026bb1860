package dev.heapwarden.operator.respond.action;

import dev.heapwarden.crds.Durations;
import dev.heapwarden.crds.incident.LeakIncident;
import dev.heapwarden.crds.incident.Step;
import dev.heapwarden.crds.policy.Scale;
import dev.heapwarden.operator.respond.journal.ActionKind;
import dev.heapwarden.operator.respond.journal.Steps;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * Level 3: more replicas through {@code /scale} with resourceVersion. Not by apply: an apply of
 * replicas meets no conflict after {@code kubectl scale}, and its undo leaves one.
 */
public final class AddReplicas implements Action {
  private static final String FROM = "from";
  private static final String TO = "to";

  private final KubernetesClient client;

  public AddReplicas(KubernetesClient client) {
    this.client = client;
  }

  @Override
  public ActionKind kind() {
    return ActionKind.ADD_REPLICAS;
  }

  @Override
  public Plan plan(Situation situation) {
    Scale scale = situation.respond().intervene().scale();
    if (scale == null) {
      return new Plan.Nothing();
    }
    var object = situation.target().workload();
    var deployment = Deployments.find(client, situation.incident());
    if (deployment.isEmpty()) {
      return new Plan.Refuse(object, Deployments.whyNone(situation.incident()));
    }
    int from = Rollout.replicas(deployment.get());
    int to = Math.min(from + scale.add(), scale.max());
    if (from == 0) {
      return new Plan.Refuse(object, "ScaledToZero: there is nothing to add to");
    }
    var autoscaler = autoscaler(situation);
    if (autoscaler.isPresent()) {
      return new Plan.Suggest(
          object,
          "Owned: HorizontalPodAutoscaler %s decides on replicas; raise its minReplicas"
              .formatted(autoscaler.get()),
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
    return new Plan.Do(
        object,
        "scale from %d to %d replicas".formatted(from, to),
        """
        apiVersion: autoscaling/v1
        kind: Scale
        metadata:
          name: %s
        spec:
          replicas: %d
        """
            .formatted(situation.target().name(), to),
        Map.of(FROM, Integer.toString(from), TO, Integer.toString(to)));
  }

  @Override
  public Acted act(Situation situation, Step step) {
    var deployment = Deployments.find(client, situation.incident());
    if (deployment.isEmpty()) {
      return new Acted.No(Deployments.whyNone(situation.incident()));
    }
    int now = Rollout.replicas(deployment.get());
    if (now == number(step, TO)) {
      return new Acted.Yes();
    }
    if (now != number(step, FROM)) {
      return new Acted.No(
          "somebody else scaled to %d replicas after this was intended".formatted(now));
    }
    return scale(deployment.get(), number(step, TO))
        ? new Acted.Yes()
        : new Acted.Again("the Deployment changed while it was to be scaled");
  }

  @Override
  public Seen look(Situation situation, Step step) {
    var deployment = Deployments.find(client, situation.incident());
    if (deployment.isEmpty()) {
      return new Seen.Failed(Deployments.whyNone(situation.incident()));
    }
    int now = Rollout.replicas(deployment.get());
    if (now != number(step, TO)) {
      return new Seen.Failed("somebody else scaled to %d replicas".formatted(now));
    }
    return switch (Rollout.of(deployment.get())) {
      case Seen.Done _ ->
          new Seen.Done(
              "%d replicas instead of %d, all available".formatted(now, number(step, FROM)));
      case Seen.NotYet notYet -> notYet;
      case Seen.Failed failed -> failed;
    };
  }

  @Override
  public Seen undo(LeakIncident incident, Step step, Instant now) {
    var deployment = Deployments.find(client, incident);
    if (deployment.isEmpty()) {
      return new Seen.Done(Deployments.whyNone(incident));
    }
    int live = Rollout.replicas(deployment.get());
    if (live == number(step, FROM)) {
      return new Seen.Done("%d replicas, as before".formatted(live));
    }
    if (live != number(step, TO)) {
      return new Seen.Done("%d replicas are not ours: left alone".formatted(live));
    }
    return scale(deployment.get(), number(step, FROM))
        ? new Seen.Done("back to %d replicas".formatted(number(step, FROM)))
        : new Seen.NotYet("the Deployment changed while it was to be scaled back");
  }

  @Override
  public Duration patience(Situation situation) {
    return Deployments.patience(client, situation.incident());
  }

  @Override
  public Optional<Duration> timeToLive(Situation situation) {
    return Optional.of(Durations.parse(situation.respond().intervene().ttl()));
  }

  /** False when the Deployment changed since it was read: scale has its resourceVersion. */
  private boolean scale(Deployment deployment, int replicas) {
    var resource =
        client
            .apps()
            .deployments()
            .inNamespace(deployment.getMetadata().getNamespace())
            .withName(deployment.getMetadata().getName());
    var scale = resource.scale();
    scale.getMetadata().setResourceVersion(deployment.getMetadata().getResourceVersion());
    scale.getSpec().setReplicas(replicas);
    try {
      resource.scale(scale);
      return true;
    } catch (KubernetesClientException e) {
      if (e.getCode() == HttpURLConnection.HTTP_CONFLICT) {
        return false;
      }
      throw e;
    }
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

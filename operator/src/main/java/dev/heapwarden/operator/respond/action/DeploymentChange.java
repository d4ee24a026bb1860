package dev.heapwarden.operator.respond.action;

import dev.heapwarden.crds.Durations;
import dev.heapwarden.crds.incident.LeakIncident;
import dev.heapwarden.crds.incident.Step;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Level 3: a change of the incident's Deployment, done when it is rolled out. Where the Deployment
 * is gone, so is the change.
 */
abstract class DeploymentChange implements Action {
  final KubernetesClient client;

  DeploymentChange(KubernetesClient client) {
    this.client = client;
  }

  abstract Plan plan(Situation situation, Deployment deployment);

  abstract boolean isActed(Situation situation, Step step, Deployment deployment);

  abstract Acted act(Situation situation, Step step, Deployment deployment);

  /** What of the change is not there any more, or empty. */
  abstract Optional<String> missing(Situation situation, Step step, Deployment deployment);

  /** What is seen to be done, once it is rolled out as said. */
  abstract Seen done(Situation situation, Step step, Deployment deployment, String rollout);

  abstract Seen undo(LeakIncident incident, Step step, Deployment deployment);

  @Override
  public final Plan plan(Situation situation) {
    var incident = situation.incident();
    return Deployments.find(client, incident)
        .map(deployment -> plan(situation, deployment))
        .orElseGet(
            () -> new Plan.Refuse(situation.target().workload(), Deployments.whyNone(incident)));
  }

  @Override
  public final boolean isActed(Situation situation, Step step) {
    return Deployments.find(client, situation.incident())
        .filter(deployment -> isActed(situation, step, deployment))
        .isPresent();
  }

  @Override
  public final Acted act(Situation situation, Step step) {
    var incident = situation.incident();
    return Deployments.find(client, incident)
        .map(deployment -> act(situation, step, deployment))
        .orElseGet(() -> new Acted.No(Deployments.whyNone(incident)));
  }

  @Override
  public final Seen look(Situation situation, Step step) {
    var incident = situation.incident();
    return Deployments.find(client, incident)
        .map(deployment -> look(situation, step, deployment))
        .orElseGet(() -> new Seen.Failed(Deployments.whyNone(incident)));
  }

  private Seen look(Situation situation, Step step, Deployment deployment) {
    var missing = missing(situation, step, deployment);
    if (missing.isPresent()) {
      return new Seen.Failed(missing.get());
    }
    return switch (Rollout.of(deployment)) {
      case Seen.Done(var rollout, _) -> done(situation, step, deployment, rollout);
      case Seen.NotYet notYet -> notYet;
      case Seen.Failed failed -> failed;
    };
  }

  @Override
  public final Seen undo(LeakIncident incident, Step step, Instant now) {
    return Deployments.find(client, incident)
        .map(deployment -> undo(incident, step, deployment))
        .orElseGet(() -> undoWithout(incident, step));
  }

  /** The Deployment is gone, and with it what was changed in it. */
  Seen undoWithout(LeakIncident incident, Step step) {
    return new Seen.Done(Deployments.whyNone(incident));
  }

  /** Five minutes and one more for every pod that has to become ready. */
  @Override
  public Duration patience(Situation situation) {
    int pods = Deployments.find(client, situation.incident()).map(Rollout::replicas).orElse(1);
    return Duration.ofMinutes(5L + pods);
  }

  @Override
  public final Optional<Duration> timeToLive(Situation situation) {
    return Optional.of(Durations.parse(situation.respond().intervene().ttl()));
  }
}

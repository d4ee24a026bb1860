package dev.heapwarden.operator.respond.action;

import static java.util.stream.Collectors.joining;

import dev.heapwarden.crds.Durations;
import dev.heapwarden.crds.incident.LeakIncident;
import dev.heapwarden.crds.incident.Step;
import dev.heapwarden.crds.policy.GoSettings;
import dev.heapwarden.crds.policy.RuntimeChoice;
import dev.heapwarden.operator.respond.journal.ActionKind;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Level 3: settings of the Go runtime in the Deployment's pod template, by server-side apply with
 * one field manager per incident, never forced. One rollout.
 */
public final class PatchEnvironment implements Action {
  private final KubernetesClient client;
  private final TemplateApply apply;

  public PatchEnvironment(KubernetesClient client) {
    this.client = client;
    this.apply = new TemplateApply(client);
  }

  @Override
  public ActionKind kind() {
    return ActionKind.PATCH_ENVIRONMENT;
  }

  @Override
  public Plan plan(Situation situation) {
    GoSettings settings = situation.respond().intervene().go();
    if (settings == null) {
      return new Plan.Nothing();
    }
    var object = situation.target().workload();
    var runtime = situation.policy().getSpec().runtime();
    if (runtime != RuntimeChoice.AUTO && runtime != RuntimeChoice.GO) {
      return new Plan.Refuse(object, "NotGo: the policy says that the runtime is " + runtime);
    }
    var deployment = Deployments.find(client, situation.incident());
    if (deployment.isEmpty()) {
      return new Plan.Refuse(object, Deployments.whyNone(situation.incident()));
    }
    if (Boolean.TRUE.equals(deployment.get().getSpec().getPaused())) {
      return new Plan.Refuse(object, "Paused: the Deployment would not roll out a change");
    }
    var container =
        containers(deployment.get())
            .filter(c -> c.getName().equals(situation.target().container()))
            .findFirst();
    return container
        .map(found -> plan(situation, deployment.get(), found, settings))
        .orElseGet(
            () ->
                new Plan.Refuse(
                    object, "NoSuchContainer: the pod template has no container of this name"));
  }

  private Plan plan(
      Situation situation, Deployment deployment, Container container, GoSettings settings) {
    var object = situation.target().workload();
    var environment = GoEnvironment.of(settings, GoEnvironment.memoryLimit(container));
    if (environment.isEmpty()) {
      return new Plan.Refuse(
          object, "NoMemoryLimit: GOMEMLIMIT needs the container's memory limit");
    }
    var patch = TemplateApply.patch(deployment, container.getName(), environment);
    var owned = ownedBySomebody(container, environment);
    if (owned.isPresent()) {
      return new Plan.Suggest(object, owned.get(), patch);
    }
    var trial = apply.tryOut(patch, situation.fieldManager());
    return trial
        .<Plan>map(conflict -> new Plan.Suggest(object, "Owned: " + conflict, patch))
        .orElseGet(() -> new Plan.Do(object, "set " + text(environment), patch, Map.of()));
  }

  @Override
  public Acted act(Situation situation, Step step) {
    var deployment = Deployments.find(client, situation.incident());
    if (deployment.isEmpty()) {
      return new Acted.No(Deployments.whyNone(situation.incident()));
    }
    if (TemplateApply.isApplied(deployment.get(), situation.fieldManager())) {
      return new Acted.Yes();
    }
    // Built anew and compared: what stands in a status is a record, never an order.
    return switch (plan(situation)) {
      case Plan.Do(_, _, var patch, _) when patch.equals(step.patch()) ->
          apply
              .apply(patch, situation.fieldManager())
              .<Acted>map(Acted.Owned::new)
              .orElseGet(Acted.Yes::new);
      case Plan.Suggest(_, var reason, _) -> new Acted.Owned(reason);
      case Plan.Do _, Plan.Refuse _, Plan.Nothing _, Plan.NotNow _ ->
          new Acted.No("the workload or the policy changed after this was intended");
    };
  }

  @Override
  public Seen look(Situation situation, Step step) {
    var deployment = Deployments.find(client, situation.incident());
    if (deployment.isEmpty()) {
      return new Seen.Failed(Deployments.whyNone(situation.incident()));
    }
    if (!TemplateApply.isApplied(deployment.get(), situation.fieldManager())) {
      return new Seen.Failed("somebody else took the variables out of the pod template again");
    }
    return switch (Rollout.of(deployment.get())) {
      case Seen.Done(var message, _) -> new Seen.Done(step.message() + ": " + message);
      case Seen.NotYet notYet -> notYet;
      case Seen.Failed failed -> failed;
    };
  }

  @Override
  public Seen undo(LeakIncident incident, Step step, Instant now) {
    var manager = Situation.fieldManager(incident);
    var deployment = Deployments.find(client, incident);
    if (deployment.isEmpty()) {
      return new Seen.Done(Deployments.whyNone(incident));
    }
    if (!TemplateApply.isApplied(deployment.get(), manager)) {
      return new Seen.Done("the pod template bears nothing of this incident");
    }
    apply.withdraw(deployment.get(), manager);
    return Deployments.find(client, incident)
            .filter(after -> TemplateApply.isApplied(after, manager))
            .isPresent()
        ? new Seen.NotYet("the pod template still bears the variables")
        : new Seen.Done("the variables are out of the pod template: it rolls back");
  }

  @Override
  public Duration patience(Situation situation) {
    return Deployments.patience(client, situation.incident());
  }

  @Override
  public Optional<Duration> timeToLive(Situation situation) {
    return Optional.of(Durations.parse(situation.respond().intervene().ttl()));
  }

  /**
   * Where a variable already has another value it is somebody's choice, whoever its field manager.
   */
  static Optional<String> ownedBySomebody(
      Container container, NavigableMap<String, String> environment) {
    if (container.getEnv() == null) {
      return Optional.empty();
    }
    return container.getEnv().stream()
        .filter(variable -> environment.containsKey(variable.getName()))
        .filter(variable -> !Objects.equals(environment.get(variable.getName()), value(variable)))
        .map(
            variable ->
                "Owned: %s is already set in the pod template to another value"
                    .formatted(variable.getName()))
        .findFirst();
  }

  private static @Nullable String value(EnvVar variable) {
    return variable.getValueFrom() == null ? variable.getValue() : null;
  }

  private static Stream<Container> containers(Deployment deployment) {
    return deployment.getSpec().getTemplate().getSpec().getContainers().stream();
  }

  private static String text(NavigableMap<String, String> environment) {
    return environment.entrySet().stream()
        .map(entry -> entry.getKey() + "=" + entry.getValue())
        .collect(joining(" "));
  }
}

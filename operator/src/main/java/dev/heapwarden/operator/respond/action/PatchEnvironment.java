package dev.heapwarden.operator.respond.action;

import static java.util.stream.Collectors.joining;

import dev.heapwarden.crds.incident.LeakIncident;
import dev.heapwarden.crds.incident.Step;
import dev.heapwarden.operator.api.ManagedFields;
import dev.heapwarden.operator.evaluate.Assessments;
import dev.heapwarden.operator.respond.journal.ActionKind;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;

/**
 * Level 3: settings of the Go runtime or options of the JVM in the Deployment's pod template, by
 * server-side apply with one field manager per incident, never forced. One rollout.
 */
public final class PatchEnvironment extends DeploymentChange {
  /** For the agent to look into a new pod, twice at most, when its turn comes. */
  private static final Duration AGENT = TakeSnapshot.QUEUE.plus(Duration.ofMinutes(2));

  private final TemplateApply apply;
  private final InForce inForce;
  private final Assessments assessments;

  /**
   * Wires the parts.
   *
   * @param inForce tells whether what is rolled out has its effect
   * @param assessments what the cost of collections is forecast from
   */
  public PatchEnvironment(KubernetesClient client, InForce inForce, Assessments assessments) {
    super(client);
    this.apply = new TemplateApply(client);
    this.inForce = inForce;
    this.assessments = assessments;
  }

  @Override
  public ActionKind kind() {
    return ActionKind.PATCH_ENVIRONMENT;
  }

  @Override
  public boolean isAsked(Situation situation) {
    var intervene = situation.respond().intervene();
    return intervene.go() != null || intervene.jvm() != null;
  }

  @Override
  Plan plan(Situation situation, Deployment deployment) {
    var target = situation.target();
    var seen = assessments.of(target.uid(), target.container());
    if (seen.isEmpty() && isBounded(situation)) {
      return new Plan.NotNow(
          target.workload(),
          "GcCost: no pod has been judged since the operator started, so what a GOGC costs cannot"
              + " be forecast yet");
    }
    return plan(situation, deployment, ladder -> ladder.choose(GcForecast.of(seen)));
  }

  /** Whether what collections cost decides. */
  private static boolean isBounded(Situation situation) {
    var go = situation.respond().intervene().go();
    return go != null && go.gcCpuPercent() != null && situation.baseline().runtime().equals("Go");
  }

  private Plan plan(
      Situation situation, Deployment deployment, Function<GcLadder, GcLadder.Choice> gogc) {
    var object = situation.target().workload();
    if (Boolean.TRUE.equals(deployment.getSpec().getPaused())) {
      return new Plan.Refuse(object, "Paused: the Deployment would not roll out a change");
    }
    return TemplateContainer.find(deployment, situation.target().container())
        .map(container -> plan(situation, deployment, container, gogc))
        .orElseGet(
            () ->
                new Plan.Refuse(
                    object,
                    "NoSuchContainer: the pod template has no container of this name that runs"
                        + " as long as its pod"));
  }

  private Plan plan(
      Situation situation,
      Deployment deployment,
      TemplateContainer container,
      Function<GcLadder, GcLadder.Choice> gogc) {
    var object = situation.target().workload();
    var evidence = Diagnosis.find(client, situation);
    return switch (Variables.of(situation, container, evidence, gogc)) {
      case Variables.Refused(var reason) -> new Plan.Refuse(object, reason);
      case Variables.Wanted(var environment, var owned, var note) -> {
        var patch = TemplateApply.patch(deployment, container, environment);
        Function<String, Plan> suggested =
            why ->
                suggest(situation, why, container, KeptValues.of(container, environment, evidence));
        yield owned
            .or(() -> Keeper.of(deployment).map(Keeper::reason))
            .or(() -> downtime(deployment))
            .map(suggested)
            .or(
                () ->
                    new RollingUpdate(client, deployment)
                        .forbidden()
                        .map(why -> new Plan.Refuse(object, why)))
            .orElseGet(() -> tried(situation, environment, note, patch, suggested));
      }
    };
  }

  /** A rollout keeps pods serving; where it would not, people choose the moment. */
  private static Optional<String> downtime(Deployment deployment) {
    return Optional.ofNullable(deployment.getSpec().getStrategy())
        .filter(strategy -> "Recreate".equals(strategy.getType()))
        .map(_ -> "Recreate: the Deployment would stop all its pods before it starts new ones");
  }

  /** People are told why, and what they can set. */
  private static Plan suggest(
      Situation situation, String why, TemplateContainer container, KeptValues kept) {
    var object = situation.target().workload();
    return new Plan.Suggest(
        object,
        "%s; by hand, %s in container %s of %s"
            .formatted(why, kept.text(), container.name(), object),
        kept.values().isEmpty()
            ? null
            : TemplateApply.patch(container.deployment(), container, kept.values()));
  }

  private Plan tried(
      Situation situation,
      NavigableMap<String, String> environment,
      String note,
      String patch,
      Function<String, Plan> suggested) {
    var message = "set " + text(environment) + (note.isEmpty() ? "" : " (" + note + ")");
    var object = situation.target().workload();
    var trial = apply.tryOut(patch, situation.fieldManager());
    return trial
        .map(conflict -> suggested.apply("Owned: " + conflict))
        .orElseGet(() -> new Plan.Do(object, message, patch, Map.of()));
  }

  @Override
  boolean isActed(Situation situation, Step step, Deployment deployment) {
    return ManagedFields.isApplied(deployment, situation.fieldManager());
  }

  @Override
  Acted act(Situation situation, Step step, Deployment deployment) {
    if (isActed(situation, step, deployment)) {
      return new Acted.Yes();
    }
    // Built anew and compared: what stands in a status is a record, never an order. The forecast
    // has
    // moved since.
    return switch (plan(situation, deployment, ladder -> ladder.as(intended(step)))) {
      case Plan.Do(_, _, var patch, _) when patch.equals(step.patch()) ->
          apply
              .apply(patch, situation.fieldManager())
              .<Acted>map(Acted.Owned::new)
              .orElseGet(Acted.Yes::new);
      case Plan.Suggest(_, var reason, _) -> new Acted.Owned(reason);
      case Plan.Do _, Plan.Refuse _, Plan.NotNow _ ->
          new Acted.No("the workload or the policy changed after this was intended");
    };
  }

  @Override
  Optional<String> missing(Situation situation, Step step, Deployment deployment) {
    var container = TemplateContainer.find(deployment, situation.target().container());
    return container.isEmpty()
        ? Optional.of("the container is not in the pod template any more")
        : container.get().missing(intended(step), situation.fieldManager());
  }

  @Override
  Seen done(Situation situation, Step step, Deployment deployment, String rollout) {
    var seen = inForce.look(situation, intended(step), deployment);
    return seen instanceof Seen.Done(var message, _)
        ? new Seen.Done("%s: %s; %s".formatted(step.message(), rollout, message))
        : seen;
  }

  @Override
  public Duration patience(Situation situation) {
    return super.patience(situation).plus(AGENT);
  }

  @Override
  Seen undo(LeakIncident incident, Step step, Deployment deployment) {
    var manager = Situation.fieldManager(incident);
    if (ManagedFields.isApplied(deployment, manager)) {
      apply.withdraw(deployment, manager);
      return new Seen.NotYet("the variables are taken out of the pod template");
    }
    var left =
        TemplateContainer.find(deployment, incident.getSpec().target().container())
            .map(container -> container.set(intended(step).keySet()))
            .orElse(List.of());
    return new Seen.Done(
        left.isEmpty()
            ? "the variables are out of the pod template: it rolls back"
            : "%s in the pod template is not ours: left alone".formatted(String.join(", ", left)));
  }

  private static NavigableMap<String, String> intended(Step step) {
    return TemplateApply.environment(Objects.requireNonNull(step.patch(), "step without a patch"));
  }

  private static String text(NavigableMap<String, String> environment) {
    return environment.entrySet().stream()
        .map(entry -> entry.getKey() + "=" + entry.getValue())
        .collect(joining(" "));
  }
}

package dev.heapwarden.e2e.respond;

import dev.heapwarden.crds.incident.LeakIncidentStatus;
import dev.heapwarden.crds.incident.Step;
import dev.heapwarden.crds.policy.MemoryPolicy;
import dev.heapwarden.operator.evaluate.Assessments;
import dev.heapwarden.operator.respond.Response;
import dev.heapwarden.operator.respond.action.Action;
import dev.heapwarden.operator.respond.action.AddReplicas;
import dev.heapwarden.operator.respond.action.DiagnoseIsolated;
import dev.heapwarden.operator.respond.action.IsolatePod;
import dev.heapwarden.operator.respond.action.PatchEnvironment;
import dev.heapwarden.operator.respond.action.Plan;
import dev.heapwarden.operator.respond.action.RelieveMemory;
import dev.heapwarden.operator.respond.action.ResizeMemory;
import dev.heapwarden.operator.respond.action.RestartPods;
import dev.heapwarden.operator.respond.action.SampleInstances;
import dev.heapwarden.operator.respond.action.Situation;
import dev.heapwarden.operator.respond.guard.Installation;
import dev.heapwarden.operator.respond.guard.Ruling;
import dev.heapwarden.operator.respond.journal.IncidentStore;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** The response as an operator runs it, where no agent does. */
final class Responses {
  private Responses() {}

  /** Of all levels, where detection says nothing more. */
  static Response of(KubernetesClient client, IncidentStore incidents, InstantSource clock) {
    return of(client, (workload, container) -> List.of(), incidents, clock);
  }

  /** Of all levels. */
  static Response of(
      KubernetesClient client,
      Assessments assessments,
      IncidentStore incidents,
      InstantSource clock) {
    return of(
        client,
        List.of(
            new PatchEnvironment(client, new AssumedInForce(), (_, _) -> List.of()),
            new AddReplicas(client),
            new RestartPods(client, assessments),
            new ResizeMemory(client, assessments)),
        kind -> new Ruling.Go(),
        incidents,
        clock);
  }

  static Response of(
      KubernetesClient client,
      List<Action> interventions,
      Installation installation,
      IncidentStore incidents,
      InstantSource clock) {
    return new Response(
        new Response.Actions(
            new TakenSnapshot(),
            new IsolatePod(client),
            List.of(new DiagnoseIsolated(client), new SampleInstances(client)),
            new RelieveMemory(client, (workload, container) -> List.of()),
            interventions),
        installation,
        incidents,
        (workload, container) -> List.of(),
        (about, reason, message) -> {},
        clock,
        Duration.ofDays(30));
  }

  /** Goes on with the response until it has come so far, which it must within this time. */
  static LeakIncidentStatus until(
      Duration time,
      Response response,
      StoredIncidents incidents,
      MemoryPolicy policy,
      Predicate<LeakIncidentStatus> reached) {
    Shop.within(time)
        .until(
            () -> {
              response.advance(incidents.get(), Optional.of(policy));
              return reached.test(incidents.get().getStatus());
            });
    return incidents.get().getStatus();
  }

  /** What is written down before an action acts. */
  static Step intended(Action action, Situation situation) {
    var plan = (Plan.Do) action.plan(situation);
    return new Step(
        action.kind().text(),
        action.kind().level(),
        Step.State.INTENDED,
        plan.object(),
        plan.message(),
        plan.patch(),
        plan.facts(),
        Instant.now().toString(),
        null,
        null);
  }

  static Step step(LeakIncidentStatus status, String action) {
    return status.steps().stream()
        .filter(step -> step.action().equals(action))
        .findFirst()
        .orElseThrow();
  }
}

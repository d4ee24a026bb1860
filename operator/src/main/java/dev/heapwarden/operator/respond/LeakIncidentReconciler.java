package dev.heapwarden.operator.respond;

import dev.heapwarden.crds.incident.LeakIncident;
import dev.heapwarden.crds.policy.MemoryPolicy;
import dev.heapwarden.crds.snapshot.MemorySnapshot;
import dev.heapwarden.operator.evaluate.Assessments;
import dev.heapwarden.operator.report.EventRecorder;
import dev.heapwarden.operator.respond.action.AddReplicas;
import dev.heapwarden.operator.respond.action.AskedInForce;
import dev.heapwarden.operator.respond.action.DiagnoseIsolated;
import dev.heapwarden.operator.respond.action.IsolatePod;
import dev.heapwarden.operator.respond.action.PatchEnvironment;
import dev.heapwarden.operator.respond.action.RelieveMemory;
import dev.heapwarden.operator.respond.action.ResizeMemory;
import dev.heapwarden.operator.respond.action.RestartPods;
import dev.heapwarden.operator.respond.action.SampleInstances;
import dev.heapwarden.operator.respond.action.TakeSnapshot;
import dev.heapwarden.operator.respond.guard.Installation;
import dev.heapwarden.operator.respond.journal.IncidentStore;
import dev.heapwarden.operator.schedule.Alarms;
import dev.heapwarden.operator.schedule.Timetable.Occasion;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.javaoperatorsdk.operator.api.config.informer.InformerEventSourceConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.ControllerConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import io.javaoperatorsdk.operator.processing.event.source.inbound.SimpleInboundEventSource;
import io.javaoperatorsdk.operator.processing.event.source.informer.InformerEventSource;
import io.javaoperatorsdk.operator.processing.event.source.informer.Mappers;
import io.javaoperatorsdk.operator.processing.retry.GradualRetry;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Reconciles incidents: reads incident and policy, lets the {@link Response} do what is due, and
 * comes back when it says. It sees deletions too: what was done is undone before an incident goes.
 */
@ControllerConfiguration(name = "leakincident", triggerReconcilerOnAllEvents = true)
@GradualRetry(
    maxAttempts = Integer.MAX_VALUE,
    initialInterval = 1_000,
    intervalMultiplier = 1.5,
    maxInterval = 30_000)
public final class LeakIncidentReconciler implements Reconciler<LeakIncident> {
  private final KubernetesClient client;
  private final IncidentStore store;
  private final Response response;
  private final Alarms alarms;

  /**
   * Wires the parts.
   *
   * @param retention for which an incident is kept after its end
   * @param alarms wakes this when a maintenance window opens
   */
  public LeakIncidentReconciler(
      KubernetesClient client,
      IncidentStore store,
      Installation installation,
      Assessments assessments,
      EventRecorder events,
      InstantSource clock,
      Duration retention,
      Alarms alarms) {
    this.client = client;
    this.store = store;
    this.alarms = alarms;
    this.response =
        new Response(
            new Response.Actions(
                new TakeSnapshot(client),
                new IsolatePod(client),
                List.of(new DiagnoseIsolated(client), new SampleInstances(client)),
                new RelieveMemory(client, assessments),
                // The patch rolls out; replicas added before it would be made twice.
                List.of(
                    new PatchEnvironment(client, new AskedInForce(client), assessments),
                    new AddReplicas(client),
                    new RestartPods(client, assessments),
                    new ResizeMemory(client, assessments))),
            installation,
            store,
            assessments,
            events,
            clock,
            retention);
  }

  @Override
  public UpdateControl<LeakIncident> reconcile(LeakIncident cached, Context<LeakIncident> context) {
    var incident = client.resource(cached).get();
    if (incident == null) {
      return UpdateControl.noUpdate();
    }
    var policy =
        store.policy(incident.getMetadata().getNamespace(), incident.getSpec().target().policy());
    var next = response.advance(incident, policy);
    return UpdateControl.<LeakIncident>noUpdate().rescheduleAfter(next);
  }

  /** A snapshot that is taken, a policy that changes, a window that opens: acted upon at once. */
  @Override
  public List<EventSource<?, LeakIncident>> prepareEventSources(
      EventSourceContext<LeakIncident> context) {
    var snapshots =
        InformerEventSourceConfiguration.from(MemorySnapshot.class, LeakIncident.class)
            .withSecondaryToPrimaryMapper(Mappers.fromOwnerReferences(LeakIncident.class))
            .build();
    var policies =
        InformerEventSourceConfiguration.from(MemoryPolicy.class, LeakIncident.class)
            .withSecondaryToPrimaryMapper(
                policy ->
                    of(context, policy.getMetadata().getNamespace(), policy.getMetadata().getName())
                        .collect(Collectors.toSet()))
            .withOnUpdateFilter(LeakIncidentReconciler::matters)
            .build();
    var windows = new SimpleInboundEventSource<LeakIncident>("maintenance-windows");
    alarms.on(
        Occasion.WINDOW_OPENS,
        (namespace, policy) -> of(context, namespace, policy).forEach(windows::propagateEvent));
    return List.of(
        new InformerEventSource<>(snapshots, context),
        new InformerEventSource<>(policies, context),
        windows);
  }

  /**
   * Whether a change of a policy may change what is due. Its status is written after each
   * evaluation, and every incident of the policy would be reconciled for it.
   */
  static boolean matters(MemoryPolicy now, MemoryPolicy before) {
    return !Objects.equals(now.getMetadata().getGeneration(), before.getMetadata().getGeneration())
        || now.isMarkedForDeletion() != before.isMarkedForDeletion();
  }

  private static Stream<ResourceID> of(
      EventSourceContext<LeakIncident> context, String namespace, String policy) {
    return context
        .getPrimaryCache()
        .list(namespace, incident -> incident.getSpec().target().policy().equals(policy))
        .map(ResourceID::fromResource);
  }
}

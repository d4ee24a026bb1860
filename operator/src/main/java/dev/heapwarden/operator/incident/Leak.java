package dev.heapwarden.operator.incident;

import dev.heapwarden.crds.Api;
import dev.heapwarden.crds.incident.LeakIncident;
import dev.heapwarden.crds.incident.LeakIncidentSpec;
import dev.heapwarden.crds.policy.MemoryPolicy;
import dev.heapwarden.operator.evaluate.Workload;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import java.util.Map;

/** One container of one workload, however many pods have it: what an incident is about. */
record Leak(Workload workload, String container) {
  static Leak of(LeakIncidentSpec.Target target) {
    return new Leak(new Workload(target.kind(), target.name(), target.uid()), target.container());
  }

  boolean isOf(LeakIncident incident) {
    var target = incident.getSpec().target();
    return target.uid().equals(workload.uid()) && target.container().equals(container);
  }

  /**
   * The incident to create. It has no owner: what it did must be undone before it goes, which
   * garbage collection would not wait for.
   */
  LeakIncident incident(MemoryPolicy policy, int episode) {
    var policyName = policy.getMetadata().getName();
    var incident = new LeakIncident();
    incident.setMetadata(
        new ObjectMetaBuilder()
            .withNamespace(policy.getMetadata().getNamespace())
            .withName(IncidentName.of(workload, container, episode))
            .withLabels(
                Map.of(
                    Api.GROUP + "/policy",
                    IncidentName.label(policyName),
                    Api.GROUP + "/workload",
                    IncidentName.label(workload.name())))
            .build());
    incident.setSpec(
        new LeakIncidentSpec(
            new LeakIncidentSpec.Target(
                workload.kind(), workload.name(), workload.uid(), container, policyName, episode),
            LeakIncidentSpec.Response.none()));
    return incident;
  }
}

package dev.heapwarden.operator.respond.journal;

import dev.heapwarden.crds.incident.LeakIncident;
import dev.heapwarden.crds.policy.MemoryPolicy;
import java.util.List;

/**
 * All that is known of what was done: the incidents, and the policies, which remember actions of
 * incidents that were deleted.
 */
public record Ledger(List<LeakIncident> incidents, List<MemoryPolicy> policies) {
  public Ledger {
    incidents = List.copyOf(incidents);
    policies = List.copyOf(policies);
  }

  public Ledger inNamespace(String namespace) {
    return new Ledger(
        incidents.stream()
            .filter(incident -> incident.getMetadata().getNamespace().equals(namespace))
            .toList(),
        policies.stream()
            .filter(policy -> policy.getMetadata().getNamespace().equals(namespace))
            .toList());
  }
}

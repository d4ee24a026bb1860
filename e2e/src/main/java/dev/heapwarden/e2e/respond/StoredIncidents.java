package dev.heapwarden.e2e.respond;

import dev.heapwarden.crds.incident.LeakIncident;
import dev.heapwarden.crds.incident.LeakIncidentSpec;
import dev.heapwarden.crds.policy.MemoryPolicy;
import dev.heapwarden.crds.policy.MemoryPolicyStatus.SpentAction;
import dev.heapwarden.crds.policy.MemoryPolicyStatus.UnhelpfulResponse;
import dev.heapwarden.operator.respond.journal.IncidentStore;
import dev.heapwarden.operator.respond.journal.Ledger;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.List;
import java.util.Optional;

/**
 * The one incident of a test and its policy, outside the API server: an operator that runs in the
 * same cluster does not see it.
 */
final class StoredIncidents implements IncidentStore {
  private LeakIncident incident;
  private MemoryPolicy policy = new MemoryPolicy();

  StoredIncidents(LeakIncident incident) {
    this.incident = incident;
  }

  LeakIncident get() {
    return Serialization.clone(incident);
  }

  /** As a person does who wants all of it taken back. */
  void askForUndo() {
    incident.setSpec(
        new LeakIncidentSpec(
            incident.getSpec().target(), new LeakIncidentSpec.Response(0, false, true)));
  }

  private void put(LeakIncident changed) {
    incident = Serialization.clone(changed);
  }

  @Override
  public LeakIncident updateStatus(LeakIncident changed) {
    put(changed);
    return get();
  }

  @Override
  public LeakIncident updateMetadata(LeakIncident changed) {
    put(changed);
    return get();
  }

  @Override
  public void delete(LeakIncident kept) {
    throw new IllegalStateException("no test lasts as long as incidents are kept");
  }

  @Override
  public void spend(MemoryPolicy policy, SpentAction action) {}

  @Override
  public void remember(MemoryPolicy policy, UnhelpfulResponse response) {}

  @Override
  public List<LeakIncident> inNamespace(String namespace) {
    return List.of(get());
  }

  @Override
  public Ledger everywhere() {
    return new Ledger(List.of(get()), List.of());
  }

  @Override
  public Optional<MemoryPolicy> policy(String namespace, String name) {
    return Optional.of(Serialization.clone(policy));
  }

  @Override
  public void updateFinalizers(MemoryPolicy changed) {
    policy = Serialization.clone(changed);
  }
}

package dev.heapwarden.operator.respond.journal;

import dev.heapwarden.crds.incident.LeakIncident;
import dev.heapwarden.crds.policy.MemoryPolicy;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.List;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a policy while one of its incidents is held: who deletes it waits until what was done under
 * it is undone, and until then its containers are watched. The incidents alone say whether that is
 * needed, so that it can be found out again at any time.
 */
public record PolicyHold(IncidentStore store) {
  private static final Logger LOG = LoggerFactory.getLogger(PolicyHold.class);

  /** The policy's own status is written at any moment. */
  private static final int TRIES = 5;

  /**
   * Sets the finalizer or removes it, and looks again after that: an incident may have been held
   * meanwhile.
   *
   * @return whether the policy is held and nobody deletes it
   * @throws IncidentStore.Conflict when it changes all the time
   */
  boolean settle(String namespace, String name) {
    for (int tries = 0; tries < TRIES; tries++) {
      var found = store.policy(namespace, name);
      if (found.isEmpty()) {
        return false;
      }
      var policy = found.get();
      boolean needed = holders(name, store.inNamespace(namespace).stream()).findAny().isPresent();
      boolean deleted = policy.isMarkedForDeletion();
      // Kubernetes lets nobody add a finalizer to what is being deleted.
      if (needed == policy.hasFinalizer(Journal.FINALIZER) || (needed && deleted)) {
        return needed && !deleted;
      }
      if (needed) {
        policy.addFinalizer(Journal.FINALIZER);
      } else {
        policy.removeFinalizer(Journal.FINALIZER);
      }
      store.updateFinalizers(policy);
    }
    throw new IncidentStore.Conflict("policy %s changes all the time".formatted(name));
  }

  /**
   * Mends what an operator left that ended half-way, or one that did not hold policies yet. Asks
   * the API server only where what is known differs.
   *
   * @param known incidents of its namespace, which may lag behind
   * @return the names of the incidents that it is held for
   */
  public List<String> mend(MemoryPolicy policy, Stream<LeakIncident> known) {
    var metadata = policy.getMetadata();
    var holders =
        holders(metadata.getName(), known)
            .map(incident -> incident.getMetadata().getName())
            .sorted()
            .toList();
    if (holders.isEmpty() != policy.hasFinalizer(Journal.FINALIZER)) {
      return holders;
    }
    try {
      settle(metadata.getNamespace(), metadata.getName());
    } catch (IncidentStore.Conflict | KubernetesClientException e) {
      LOG.warn(
          "finalizer of policy not settled, tried again namespace={} policy={} reason={}",
          metadata.getNamespace(),
          metadata.getName(),
          e.getMessage());
    }
    return holders;
  }

  private static Stream<LeakIncident> holders(String policy, Stream<LeakIncident> incidents) {
    return incidents.filter(
        incident ->
            incident.hasFinalizer(Journal.FINALIZER)
                && incident.getSpec().target().policy().equals(policy));
  }
}

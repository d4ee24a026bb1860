package dev.heapwarden.operator.respond.journal;

import dev.heapwarden.crds.incident.LeakIncident;
import dev.heapwarden.crds.policy.MemoryPolicy;
import dev.heapwarden.crds.policy.MemoryPolicyStatus.SpentAction;
import dev.heapwarden.crds.policy.MemoryPolicyStatus.UnhelpfulResponse;
import java.util.List;
import java.util.Optional;

/**
 * Where incidents and their policies are kept: the API server. Every write carries the
 * resourceVersion it was read with.
 */
public interface IncidentStore {
  /**
   * Writes the status.
   *
   * @throws Conflict when somebody wrote since it was read: read again, and do not act
   */
  LeakIncident updateStatus(LeakIncident incident);

  /**
   * Writes the finalizers.
   *
   * @throws Conflict when somebody wrote since it was read
   */
  LeakIncident updateMetadata(LeakIncident incident);

  /**
   * Deletes it.
   *
   * @throws Conflict when somebody wrote since it was read
   */
  void delete(LeakIncident incident);

  /**
   * Has a policy remember an action, so that it counts although its incident is deleted. Where that
   * cannot be written the action stands all the same.
   */
  void spend(MemoryPolicy policy, SpentAction action);

  /**
   * Has a policy remember a response that did not help, so that it counts although its incident is
   * deleted. Where that cannot be written the response ends all the same.
   */
  void remember(MemoryPolicy policy, UnhelpfulResponse response);

  /** All incidents of a namespace, read now. */
  List<LeakIncident> inNamespace(String namespace);

  /** All incidents and policies of the watched namespaces, read now. */
  Ledger everywhere();

  /** The policy of this name, read now; empty when it is gone. */
  Optional<MemoryPolicy> policy(String namespace, String name);

  /** Writes the finalizers of a policy, unless somebody wrote since it was read. */
  void updateFinalizers(MemoryPolicy policy);

  /** Somebody else wrote the incident since it was read, or deletes its policy. */
  final class Conflict extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public Conflict(String incident, Throwable cause) {
      super("incident changed since it was read: " + incident, cause);
    }

    Conflict(String message) {
      super(message);
    }
  }
}

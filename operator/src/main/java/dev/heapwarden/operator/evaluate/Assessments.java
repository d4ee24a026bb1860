package dev.heapwarden.operator.evaluate;

import java.util.List;

/** The newest assessment of every container that still runs. */
public interface Assessments {
  /** Containers of this name in the running pods of the workload, in no particular order. */
  List<Assessment> of(String workloadUid, String container);

  /**
   * Whether the policy is known to govern no such container, not even one that cannot be seen. Of a
   * policy that was not evaluated since the operator started nothing is known.
   */
  default boolean isGone(String policyUid, String workloadUid, String container) {
    return of(workloadUid, container).isEmpty();
  }
}

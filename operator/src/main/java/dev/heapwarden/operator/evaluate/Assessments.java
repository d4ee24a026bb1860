package dev.heapwarden.operator.evaluate;

import java.util.List;

/** The newest assessment of every container that still runs. */
public interface Assessments {
  /** Containers of this name in the running pods of the workload, in no particular order. */
  List<Assessment> of(String workloadUid, String container);
}

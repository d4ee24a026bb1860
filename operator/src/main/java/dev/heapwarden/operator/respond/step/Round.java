package dev.heapwarden.operator.respond.step;

import dev.heapwarden.crds.incident.LeakIncidentStatus;
import dev.heapwarden.crds.policy.MemoryPolicy;
import dev.heapwarden.crds.policy.Respond;
import dev.heapwarden.operator.respond.action.Situation;
import dev.heapwarden.operator.respond.journal.Journal;
import java.time.Instant;
import java.time.InstantSource;

/** One reconciliation of one incident whose policy exists. */
public record Round(Journal journal, MemoryPolicy policy, InstantSource clock) {
  Instant now() {
    return clock.instant();
  }

  LeakIncidentStatus status() {
    return journal.status();
  }

  String workload() {
    return journal.incident().getSpec().target().workload();
  }

  Respond respond() {
    return policy.getSpec().respond();
  }

  /** With the incident as it was last written. */
  Situation situation() {
    return new Situation(journal.incident(), policy, now());
  }
}

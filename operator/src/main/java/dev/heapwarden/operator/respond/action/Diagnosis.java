package dev.heapwarden.operator.respond.action;

import dev.heapwarden.crds.snapshot.MemorySnapshot;
import dev.heapwarden.crds.snapshot.MemorySnapshotStatus;
import dev.heapwarden.operator.respond.journal.ActionKind;
import dev.heapwarden.operator.respond.journal.Steps;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.Optional;

/** What level 1 found. */
final class Diagnosis {
  private Diagnosis() {}

  /** What the agent answered to the incident's newest snapshot; empty where there is none. */
  static Optional<MemorySnapshotStatus> find(KubernetesClient client, Situation situation) {
    return Steps.newest(situation.status(), ActionKind.DIAGNOSE)
        .flatMap(step -> new IncidentSnapshots(client).find(situation.incident(), step))
        .map(MemorySnapshot::getStatus);
  }
}

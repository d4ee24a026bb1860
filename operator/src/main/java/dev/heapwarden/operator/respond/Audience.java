package dev.heapwarden.operator.respond;

import dev.heapwarden.crds.incident.LeakIncident;
import dev.heapwarden.crds.policy.MemoryPolicy;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PodBuilder;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Who hears of a response besides its incident: the policy, and the pod of the finding. */
final class Audience {
  private Audience() {}

  static List<HasMetadata> of(LeakIncident incident, Optional<MemoryPolicy> policy) {
    return Stream.concat(policy.stream(), pod(incident).stream()).toList();
  }

  /** As far as an Event needs it. */
  private static Optional<HasMetadata> pod(LeakIncident incident) {
    var status = incident.getStatus();
    var finding = status.baseline() == null ? status.finding() : status.baseline();
    return Optional.ofNullable(finding)
        .map(
            found ->
                new PodBuilder()
                    .withNewMetadata()
                    .withNamespace(incident.getMetadata().getNamespace())
                    .withName(found.pod())
                    .withUid(found.podUid())
                    .endMetadata()
                    .build());
  }
}

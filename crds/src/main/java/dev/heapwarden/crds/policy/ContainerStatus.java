package dev.heapwarden.crds.policy;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import java.util.List;
import org.jspecify.annotations.Nullable;

public record ContainerStatus(
    @JsonPropertyDescription("Name of the pod.") String pod,
    @JsonPropertyDescription("Name of the container.") String container,
    @JsonPropertyDescription("Go, JVM, Native, or Unknown while no agent has looked at it.")
        String runtime,
    @JsonPropertyDescription("Healthy, Suspected, Confirmed or Inconclusive.") String verdict,
    @JsonPropertyDescription("The verdict in one sentence, with its reason.") String message,
    @JsonPropertyDescription("What is attached, what is refused, and why.")
        List<ProbeStatus> probes,
    @JsonPropertyDescription(
            "What watching cost it in the last minute, of the larger of its CPU time and 10"
                + " millicores, such as 0.3%.")
        @Nullable String overhead) {
  public ContainerStatus {
    probes = probes == null ? List.of() : List.copyOf(probes);
  }

  public record ProbeStatus(
      @JsonPropertyDescription("What it measures, such as GoGc.") String probe,
      @JsonPropertyDescription("Attached, Pending or Refused.") String state,
      @JsonPropertyDescription("Why it is not attached.") @Nullable String reason) {}
}

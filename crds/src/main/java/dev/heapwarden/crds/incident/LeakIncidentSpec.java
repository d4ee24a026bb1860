package dev.heapwarden.crds.incident;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.crd.generator.annotation.PrinterColumn;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.ValidationRule;

public record LeakIncidentSpec(
    @Required
        @ValidationRule(value = "self == oldSelf", message = "target is immutable")
        @JsonPropertyDescription("What leaks. Written once, by the operator.")
        Target target,
    @Default("{}") @JsonPropertyDescription("The people's side: approve, suspend, undo.")
        Response response) {

  public LeakIncidentSpec {
    response = response == null ? Response.none() : response;
  }

  public record Target(
      @Required @JsonPropertyDescription("Kind of the workload, such as Deployment.") String kind,
      @Required @JsonPropertyDescription("Name of the workload.") String name,
      @Required @JsonPropertyDescription("UID of the workload.") String uid,
      @Required @JsonPropertyDescription("Name of the container.") String container,
      @Required @JsonPropertyDescription("The MemoryPolicy that governs it.") String policy,
      @Required
          @PrinterColumn(name = "Episode", priority = 1)
          @JsonPropertyDescription("Counts the leaks of this container of this workload, from 1.")
          int episode) {
    /** As people name it: kind and name, lower case kind. */
    public String workload() {
      return kind.toLowerCase(java.util.Locale.ROOT) + "/" + name;
    }
  }

  public record Response(
      @Default("0")
          @Min(0)
          @Max(3)
          @JsonPropertyDescription(
              "In mode Approve: the highest level that may be carried out. Holds for the policy's"
                  + " respond.approvalTtl after it was set.")
          Integer approvedLevel,
      @Default("false")
          @JsonPropertyDescription("True stops further actions until it is false again.")
          Boolean suspend,
      @Default("false") @JsonPropertyDescription("True undoes what was done and ends the response.")
          Boolean undo) {
    public Response {
      approvedLevel = approvedLevel == null ? 0 : approvedLevel;
      suspend = suspend == null ? Boolean.FALSE : suspend;
      undo = undo == null ? Boolean.FALSE : undo;
    }

    public static Response none() {
      return new Response(0, false, false);
    }
  }
}

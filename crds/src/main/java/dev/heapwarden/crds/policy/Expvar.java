package dev.heapwarden.crds.policy;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;

public record Expvar(
    @Required @Min(1) @Max(65535) @JsonPropertyDescription("Port of the variables on the pod.")
        int port,
    @Default(Expvar.PATH)
        @Size(max = UrlPath.LENGTH)
        @ValidationRule(value = UrlPath.VALID, message = UrlPath.MESSAGE)
        @JsonPropertyDescription("Path of the variables, without a query.")
        String path) {
  static final String PATH = "/debug/vars";

  public Expvar {
    path = path == null ? PATH : path;
  }
}

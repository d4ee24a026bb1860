package dev.heapwarden.crds.policy;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Required;

public record Pprof(
    @Required @Min(1) @Max(65535) @JsonPropertyDescription("Port of /debug/pprof/ on the pod.")
        int port) {}

package dev.heapwarden.crds.policy;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.ValidationRule;

@ValidationRule(value = "self.add < self.max", message = "add must be less than max")
public record Scale(
    @Required @Min(1) @Max(10) @JsonPropertyDescription("Replicas to add.") int add,
    @Required @Min(2) @Max(1000) @JsonPropertyDescription("Replicas never exceeded.") int max) {}

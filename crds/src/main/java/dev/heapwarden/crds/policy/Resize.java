package dev.heapwarden.crds.policy;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;

public record Resize(
    @Required
        @Min(101)
        @Max(400)
        @JsonPropertyDescription("The new memory limit as a percentage of the present one.")
        int memoryPercent,
    @Required
        @Size(min = 1, max = 20)
        @ValidationRule(
            value = "isQuantity(self) && quantity(self).isGreaterThan(quantity('0'))",
            message = "max must be an amount of memory such as 1Gi")
        @JsonPropertyDescription("Memory limit never exceeded, such as 1Gi.")
        String max) {}

package dev.heapwarden.crds.policy;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.heapwarden.crds.Durations;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import org.jspecify.annotations.Nullable;

@ValidationRule(
    value = "has(self.maxAge) || has(self.maxSize)",
    message = "retention needs maxAge or maxSize")
public record SnapshotRetention(
    @Size(max = Durations.LENGTH)
        @ValidationRule(
            value = Durations.VALID + " && duration(self) >= duration('1h')",
            message = "maxAge must be a duration of at least 1h, such as 168h")
        @JsonPropertyDescription(
            "Age at which a snapshot is deleted, from its completion, such as 168h. Default: none.")
        @Nullable String maxAge,
    @Size(min = 1, max = 20)
        @ValidationRule(
            value = "isQuantity(self) && quantity(self).isGreaterThan(quantity('0'))",
            message = "maxSize must be an amount of bytes such as 512Mi")
        @JsonPropertyDescription(
            "Bytes that the artefacts of all snapshots may hold on the nodes together, compressed,"
                + " such as 512Mi; above it the oldest are deleted. Default: no limit but each"
                + " node's.")
        @Nullable String maxSize) {}

package dev.heapwarden.crds.snapshot;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.heapwarden.crds.Durations;
import dev.heapwarden.crds.policy.JvmOptions;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;
import org.jspecify.annotations.Nullable;

@ValidationRule(
    value = "self == oldSelf",
    message = "a snapshot is an order given once: spec is immutable")
@ValidationRule(
    value = "has(self.instances) == self.kinds.exists(k, k == 'InstanceSample')",
    message = "InstanceSample needs instances.className, and no other kind heeds instances")
@ValidationRule(
    value =
        "!has(self.jvmOptions) || size(self.jvmOptions) == 0"
            + " || self.kinds.exists(k, k in ['Flags', 'Auto'])",
    message = "jvmOptions need Flags or Auto among the kinds: no other kind heeds them")
public record MemorySnapshotSpec(
    @Required
        @Size(min = 1, max = 253)
        @JsonPropertyDescription("Name of the pod, in the snapshot's namespace.")
        String pod,
    @Required @Size(min = 1, max = 63) @JsonPropertyDescription("Name of the container.")
        String container,
    @Default("[\"Auto\"]")
        @Size(min = 1, max = 24)
        @JsonPropertyDescription(
            "Kinds of evidence. Auto: all that the container's runtime and policy offer.")
        List<SnapshotKind> kinds,
    @Default(MemorySnapshotSpec.WINDOW)
        @Size(max = Durations.LENGTH)
        @ValidationRule(
            value =
                Durations.VALID
                    + " && duration(self) >= duration('1s') && duration(self) <= duration('60s')",
            message = "window must be a duration between 1s and 60s")
        @JsonPropertyDescription(
            "How long MapGrowth, NativeAllocations, KernelMemory and ClassHistogram look.")
        String window,
    @Size(max = JvmOptions.MOST)
        @JsonPropertyDescription("JVM options that Flags checks against the JVM. None is applied.")
        List<@Size(max = JvmOptions.LENGTH) String> jvmOptions,
    @JsonPropertyDescription("What InstanceSample looks for.") @Nullable InstanceQuery instances) {
  public static final String WINDOW = "5s";

  public MemorySnapshotSpec {
    kinds = kinds == null ? List.of(SnapshotKind.AUTO) : List.copyOf(kinds);
    window = window == null ? WINDOW : window;
    jvmOptions = jvmOptions == null ? List.of() : List.copyOf(jvmOptions);
  }

  /** An order that looks for no instances. */
  public MemorySnapshotSpec(
      String pod,
      String container,
      List<SnapshotKind> kinds,
      String window,
      List<String> jvmOptions) {
    this(pod, container, kinds, window, jvmOptions, null);
  }
}

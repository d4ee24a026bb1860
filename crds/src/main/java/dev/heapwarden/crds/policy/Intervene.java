package dev.heapwarden.crds.policy;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.heapwarden.crds.Durations;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;
import org.jspecify.annotations.Nullable;

public record Intervene(
    @JsonPropertyDescription(
            "Settings of the Go runtime, applied as environment variables: a rollout of the"
                + " workload.")
        @Nullable GoSettings go,
    @JsonPropertyDescription(
            "Options of a JVM, applied through JAVA_TOOL_OPTIONS, or JDK_JAVA_OPTIONS where the"
                + " first is taken: a rollout of the workload.")
        @Nullable JvmSettings jvm,
    @JsonPropertyDescription("Replicas to add.") @Nullable Scale scale,
    @JsonPropertyDescription(
            "A higher memory limit for the pods that leak, whatever owns them, in place: no"
                + " restart, no rollout.")
        @Nullable Resize resize,
    @JsonPropertyDescription(
            "The pods that leak are evicted and made anew by their owner, one after the other, as"
                + " their PodDisruptionBudgets allow. What their emptyDir volumes hold goes with"
                + " them. Left out where settings of the runtime are rolled out.")
        @Nullable Restart restart,
    @Size(max = 2)
        @JsonPropertyDescription(
            "What JVMs that leak are asked to give back first, one pod after the other, each only"
                + " where it stands still for no longer than a probe of it would notice:"
                + " CollectGarbage (GC.run), TrimNativeHeap (System.trim_native_heap). What leaks"
                + " stays.")
        @JsonInclude(JsonInclude.Include.NON_EMPTY)
        List<Relief> relieve,
    @Default(Intervene.TTL)
        @Size(max = Durations.LENGTH)
        @ValidationRule(value = Durations.VALID, message = Durations.MESSAGE)
        @JsonPropertyDescription(
            "An intervention is temporary: it is undone after this time, such as 24h.")
        String ttl) {
  public static final String TTL = "24h";

  public Intervene {
    relieve = relieve == null ? List.of() : relieve.stream().distinct().toList();
    ttl = ttl == null ? TTL : ttl;
  }

  /** Without restarts, and nothing given back. */
  public Intervene(
      @Nullable GoSettings go,
      @Nullable JvmSettings jvm,
      @Nullable Scale scale,
      @Nullable Resize resize,
      String ttl) {
    this(go, jvm, scale, resize, null, List.of(), ttl);
  }

  static Intervene defaults() {
    return new Intervene(null, null, null, null, TTL);
  }
}

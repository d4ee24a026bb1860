package dev.heapwarden.crds.incident;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

public record Finding(
    @JsonPropertyDescription("Suspected or Confirmed.") String verdict,
    @JsonPropertyDescription("Go, JVM or Native: what runs in the container.") String runtime,
    @JsonPropertyDescription("Application, Runtime or Kernel.") String layer,
    @JsonPropertyDescription(
            "Class of the leak, such as MapGrowth; Unknown where the evidence does not say.")
        String cause,
    @JsonPropertyDescription("The finding in one sentence.") String message,
    @JsonPropertyDescription(
            "Growth in bytes per second, of the post-GC live heap; of anonymous memory where no heap"
                + " tells.")
        double growthBytesPerSecond,
    @JsonPropertyDescription("Lower end of its 95 % confidence interval.") double growthLow,
    @JsonPropertyDescription("Upper end of its 95 % confidence interval.") double growthHigh,
    @JsonPropertyDescription("Bytes that it gained over the trend that shows it; absent without.")
        @Nullable Long gainedBytes,
    @JsonPropertyDescription("Seconds until the memory limit is reached; absent without a limit.")
        @Nullable Long secondsToLimit,
    @JsonPropertyDescription("The pod that shows it most.") String pod,
    @JsonPropertyDescription("UID of that pod.") String podUid,
    @JsonPropertyDescription("Age of its container in seconds.") long containerAgeSeconds,
    @JsonPropertyDescription("Pods of the workload that show it.") int pods,
    @JsonPropertyDescription("The witnesses, each with its figure.") List<Witness> witnesses,
    @JsonPropertyDescription("Time of the evaluation, ISO 8601.") String at) {
  public Finding {
    witnesses = witnesses == null ? List.of() : List.copyOf(witnesses);
  }

  /** What {@link #cause} says where the evidence does not say. */
  public static final String UNKNOWN_CAUSE = "Unknown";

  private static final String APPLICATION = "Application";
  private static final String LIVE_HEAP = "PostGcLiveHeap";
  private static final String CONTRADICTS = "Contradicts";

  /** What grows, each followed by the causes that say more of it: why, or who holds it. */
  private static final Map<String, Set<String>> SAY_MORE =
      Map.of(
          "OldGeneration",
          Set.of(
              "ClassGrowth",
              "ThreadLocals",
              "BadKeys",
              "Timer",
              "Closure",
              "Finalizers",
              "DirectBuffers",
              "NativeGrowth"),
          "ClassGrowth",
          Set.of(
              "ThreadLocals",
              "BadKeys",
              "Timer",
              "Closure",
              "Finalizers",
              "DirectBuffers",
              "NativeGrowth"),
          "NativeGrowth",
          Set.of("DirectBuffers"),
          "MapGrowth",
          Set.of("JsonKept"));

  /**
   * The same of a cause that is known otherwise, where that says more: of anything where this does
   * not know its own; of a growing heap the class, and of a class who holds it.
   *
   * @param known what a snapshot named, such as Finalizers
   * @param itsLayer where what leaks is held then
   */
  public Finding orOfCause(String known, String itsLayer) {
    if (known.equals(UNKNOWN_CAUSE)) {
      return this;
    }
    boolean says = SAY_MORE.getOrDefault(cause, Set.of()).contains(known);
    return says || cause.equals(UNKNOWN_CAUSE)
        ? ofCause(known, isContradicted(itsLayer) ? layer : itsLayer)
        : this;
  }

  /** Nothing leaks in a heap that was seen not to grow, whatever a snapshot saw in it. */
  private boolean isContradicted(String itsLayer) {
    return itsLayer.equals(APPLICATION)
        && witnesses.stream()
            .anyMatch(
                witness ->
                    witness.kind().equals(LIVE_HEAP) && witness.stance().equals(CONTRADICTS));
  }

  /** The same of a cause whose layer is known. */
  public Finding ofCause(String known, String itsLayer) {
    return new Finding(
        verdict,
        runtime,
        itsLayer,
        known,
        message,
        growthBytesPerSecond,
        growthLow,
        growthHigh,
        gainedBytes,
        secondsToLimit,
        pod,
        podUid,
        containerAgeSeconds,
        pods,
        witnesses,
        at);
  }

  public record Witness(
      @JsonPropertyDescription("What was measured, such as PostGcLiveHeap.") String kind,
      @JsonPropertyDescription("Supports or Contradicts.") String stance,
      @JsonPropertyDescription("The figures behind it.") String message) {}
}

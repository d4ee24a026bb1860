package dev.heapwarden.crds.incident;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import java.util.List;
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

  /** A heap grows, and what it holds is not known. */
  private static final String OLD_GENERATION = "OldGeneration";

  /** Which class it holds more and more of, and not yet by what. */
  private static final String CLASS_GROWTH = "ClassGrowth";

  private static final String THREAD_LOCALS = "ThreadLocals";

  /** Of a growing heap, each says more than those before it. */
  private static final List<String> OF_A_HEAP =
      List.of(OLD_GENERATION, CLASS_GROWTH, THREAD_LOCALS);

  /**
   * The same of a cause that is known otherwise, where that says more: of anything where this does
   * not know its own; of a growing heap the class, and of a class who holds it.
   */
  public Finding orOfCause(String known) {
    boolean says = OF_A_HEAP.contains(cause) && OF_A_HEAP.indexOf(known) > OF_A_HEAP.indexOf(cause);
    return says || cause.equals(UNKNOWN_CAUSE) ? ofCause(known) : this;
  }

  public Finding ofCause(String known) {
    return new Finding(
        verdict,
        runtime,
        layer,
        known,
        message,
        growthBytesPerSecond,
        growthLow,
        growthHigh,
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

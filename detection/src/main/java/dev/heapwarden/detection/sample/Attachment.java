package dev.heapwarden.detection.sample;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Whether a probe sees a container.
 *
 * @param probe what is attached, such as GoGc, JvmCounters, PageFaults; begins with the runtime
 *     that it tells of, if it tells of one
 * @param reason why not, for {@link State#REFUSED} and {@link State#PENDING}; for {@link
 *     State#ATTACHED} what is left out, if anything is
 */
public record Attachment(String probe, State state, @Nullable String reason) {
  /** What adds figures to those that a verdict needs, and is not to be had of every program. */
  private static final Set<String> ADDITIONAL = Set.of("GoMarkTermination", "GoMemory");

  /**
   * Whether something is missing where it is not attached. What is no Go program has no collections
   * of Go to tell of, though its status says why they are not told; a program that is stripped is
   * judged without what its memory would say.
   *
   * @param judged runtime of the container's main process
   */
  public boolean isDue(RuntimeKind judged) {
    if (state != State.REFUSED) {
      return true;
    }
    return probe.startsWith("Go")
        ? judged == RuntimeKind.GO && !ADDITIONAL.contains(probe)
        : !probe.startsWith("Jvm") || judged == RuntimeKind.JVM;
  }

  public enum State {
    /** bpftrace itself said so, or what it reads was read. */
    ATTACHED,
    /** Asked for, not yet confirmed. */
    PENDING,
    REFUSED
  }
}

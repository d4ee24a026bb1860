package dev.heapwarden.detection.sample;

import org.jspecify.annotations.Nullable;

/**
 * Whether a probe sees a container.
 *
 * @param probe what is attached, such as GoGc, GoMapGrowth, PageFaults
 * @param reason why not, for {@link State#REFUSED} and {@link State#PENDING}; for {@link
 *     State#ATTACHED} what is left out, if anything is
 */
public record Attachment(String probe, State state, @Nullable String reason) {
  public enum State {
    /** bpftrace itself said that the probe is attached. */
    ATTACHED,
    /** Asked for, not yet confirmed. */
    PENDING,
    REFUSED
  }
}

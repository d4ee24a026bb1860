package dev.heapwarden.probes.endpoint;

import java.io.IOException;

/** Why an endpoint told nothing, in words of the agent's own. */
public final class EndpointException extends IOException {
  private static final long serialVersionUID = 1L;

  /** Whether it took all of the time that it was given. */
  private final boolean silent;

  private EndpointException(String reason, boolean silent) {
    super(reason);
    this.silent = silent;
  }

  static EndpointException because(String reason) {
    return new EndpointException(reason, false);
  }

  static EndpointException silent(String reason) {
    return new EndpointException(reason, true);
  }

  public boolean isSilent() {
    return silent;
  }
}

package dev.heapwarden.probes.snapshot;

import java.io.IOException;
import java.time.Duration;

/** Evidence was not got, and the program stood still for it all the same. */
final class StalledException extends IOException {
  private static final long serialVersionUID = 1;

  private final Duration stall;
  private final IOException failure;

  /**
   * @param stall for how long at most
   * @param failure why it was not got
   */
  StalledException(Duration stall, IOException failure) {
    super(failure);
    this.stall = stall;
    this.failure = failure;
  }

  Duration stall() {
    return stall;
  }

  IOException failure() {
    return failure;
  }
}

package dev.heapwarden.probes.gomemory;

import java.io.IOException;

/** A program whose runtime cannot be read, whenever it is tried: the message says why. */
public final class UnreadableProgramException extends IOException {
  private static final long serialVersionUID = 1;

  UnreadableProgramException(String message) {
    super(message);
  }
}

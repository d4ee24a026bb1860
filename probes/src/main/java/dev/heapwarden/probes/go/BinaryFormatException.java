package dev.heapwarden.probes.go;

import java.io.IOException;

/** An executable is not what its headers claim, or is larger than the agent is willing to read. */
public final class BinaryFormatException extends IOException {
  public BinaryFormatException(String message) {
    super(message);
  }
}

package dev.heapwarden.probes.target;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A process's memory could not be read, or does not hold what was expected there. */
public final class MemoryException extends IOException {
  private static final long serialVersionUID = 1;

  public MemoryException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}

package dev.heapwarden.probes.gomemory;

import java.util.OptionalInt;

/** The number of a goroutine, as a panic and pprof print it. */
public final class GoroutineId {
  private GoroutineId() {}

  /**
   * Where a {@code g} holds it, 64 bits: src/runtime/runtime2.go.
   *
   * @param version as the binary names it, such as go1.26.8
   * @return bytes from its start; empty for a release that was not checked
   */
  public static OptionalInt offset(String version) {
    try {
      return OptionalInt.of(GoLayout.of(version).at("runtime.g.goid"));
    } catch (UnreadableProgramException _) {
      return OptionalInt.empty();
    }
  }
}

package dev.heapwarden.probes.gomemory;

import dev.heapwarden.probes.go.RuntimeVariables;
import java.io.IOException;
import java.util.Arrays;

/** {@code runtime.allgs}: the addresses of all that there ever were at once. */
final class GoroutineList {
  /** The list of as many takes 16 MiB. */
  private static final int LISTED = 2_000_000;

  private GoroutineList() {}

  static long[] read(GoProcess process) throws IOException {
    return PointerList.read(
        process.memory(), process.address(RuntimeVariables.GOROUTINES), LISTED, "goroutines");
  }

  /** Those that have not ended. */
  static long[] living(GoProcess process, long... all) throws IOException {
    var living = new long[all.length];
    int count = 0;
    for (long goroutine : all) {
      if (Goroutine.lives(process, goroutine)) {
        living[count++] = goroutine;
      }
    }
    return Arrays.copyOf(living, count);
  }
}

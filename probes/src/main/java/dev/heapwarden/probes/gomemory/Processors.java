package dev.heapwarden.probes.gomemory;

import dev.heapwarden.probes.go.RuntimeVariables;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;

/** Go's processors, which have lists of their own of what goroutines use often. */
final class Processors {
  /** A machine has fewer. */
  private static final int LIMIT = 4096;

  private Processors() {}

  /** Their addresses. */
  static List<Long> read(GoProcess process) throws IOException {
    long list = process.address(RuntimeVariables.PROCESSORS);
    return Arrays.stream(PointerList.read(process.memory(), list, LIMIT, "processors"))
        .boxed()
        .toList();
  }
}

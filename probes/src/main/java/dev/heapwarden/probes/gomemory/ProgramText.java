package dev.heapwarden.probes.gomemory;

import dev.heapwarden.probes.target.ProcFs;
import java.util.Optional;
import java.util.function.LongFunction;

/**
 * The code of a running program, and what its addresses are called.
 *
 * @param mapping of the code
 * @param buildId in hex, or ""
 * @param functions names the function that a call returns into; empty when it has no name
 */
public record ProgramText(
    ProcFs.Mapping mapping, String buildId, LongFunction<Optional<String>> functions) {

  /** Name of the function that a call returns into; empty when it lies outside or has no name. */
  Optional<String> function(long returnAddress) {
    return holds(returnAddress) ? functions.apply(returnAddress) : Optional.empty();
  }

  /** Whether a call may return to an address. */
  boolean holds(long returnAddress) {
    return returnAddress > mapping.start() && returnAddress <= mapping.end();
  }
}

package dev.heapwarden.probes.gomemory;

import dev.heapwarden.probes.go.Frame;
import dev.heapwarden.probes.target.ProcFs;
import java.util.List;
import java.util.Optional;
import java.util.function.LongFunction;

/**
 * The code of a running program, and what its addresses are called.
 *
 * @param mapping of the code
 * @param buildId in hex, or ""
 * @param calls names the calls that one returns into, innermost first; empty when they have no name
 */
public record ProgramText(ProcFs.Mapping mapping, String buildId, LongFunction<List<Frame>> calls) {

  /** The calls that one returns into, innermost first: what was inlined, then the function. */
  List<Frame> frames(long returnAddress) {
    return holds(returnAddress) ? calls.apply(returnAddress) : List.of();
  }

  /** Name of the function that a call returns into; empty when it lies outside or has no name. */
  Optional<String> function(long returnAddress) {
    var frames = frames(returnAddress);
    return frames.isEmpty() ? Optional.empty() : Optional.of(frames.getLast().function());
  }

  /** The same of the call itself, which the compiler may have inlined into the function. */
  Optional<String> innermost(long returnAddress) {
    return frames(returnAddress).stream().findFirst().map(Frame::function);
  }

  /** Whether a call may return to an address. */
  boolean holds(long returnAddress) {
    return returnAddress > mapping.start() && returnAddress <= mapping.end();
  }
}

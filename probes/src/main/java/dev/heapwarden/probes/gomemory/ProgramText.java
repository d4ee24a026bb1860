package dev.heapwarden.probes.gomemory;

import dev.heapwarden.probes.go.BuildId;
import dev.heapwarden.probes.go.Frame;
import dev.heapwarden.probes.go.FrameNames;
import dev.heapwarden.probes.go.Sites;
import dev.heapwarden.probes.target.MemoryException;
import dev.heapwarden.probes.target.ProcFs;
import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** The code of a running program, and what its addresses are called. */
public final class ProgramText implements Closeable {
  /** For all that is named. */
  private static final Duration TIME_LIMIT = Duration.ofSeconds(30);

  /** Names the calls that one returns into, innermost first; none when they have no name. */
  interface Naming extends Closeable {
    List<Frame> frames(long returnAddress) throws IOException;

    @Override
    default void close() throws IOException {}
  }

  private final ProcFs.Mapping mapping;
  private final String buildId;
  private final Naming naming;
  private final long deadline = System.nanoTime() + TIME_LIMIT.toNanos();

  ProgramText(ProcFs.Mapping mapping, String buildId, Naming naming) {
    this.mapping = mapping;
    this.buildId = buildId;
    this.naming = naming;
  }

  /**
   * Opens what names a program.
   *
   * @param mappings of its executable
   * @throws UnreadableProgramException when it does not tell which of its calls were inlined
   */
  public static ProgramText open(Sites.Program program, List<ProcFs.Mapping> mappings)
      throws IOException {
    var code = mappings.stream().filter(ProcFs.Mapping::executable).toList();
    if (code.isEmpty()) {
      throw new IOException("its code is not mapped");
    }
    var names =
        FrameNames.open(program)
            .orElseThrow(
                () ->
                    new UnreadableProgramException(
                        "it does not tell which of its calls were inlined: no module data leads to"
                            + " .gopclntab"));
    var first = code.getFirst();
    // It is split where somebody changed the protection of a part.
    var whole =
        new ProcFs.Mapping(first.start(), code.getLast().end(), first.offset(), true, first.file());
    return new ProgramText(
        whole,
        BuildId.read(program.executable()).orElse(""),
        new Naming() {
          @Override
          public List<Frame> frames(long returnAddress) throws IOException {
            return names.frames(returnAddress);
          }

          @Override
          public void close() throws IOException {
            names.close();
          }
        });
  }

  ProcFs.Mapping mapping() {
    return mapping;
  }

  /** In hex, or "". */
  String buildId() {
    return buildId;
  }

  /**
   * The calls that one returns into, innermost first: what was inlined, then the function.
   *
   * @throws MemoryException when it took too long in all
   */
  List<Frame> frames(long returnAddress) throws IOException {
    if (System.nanoTime() - deadline > 0) {
      throw new MemoryException("the limit of time to name its calls is reached", null);
    }
    return holds(returnAddress) ? naming.frames(returnAddress) : List.of();
  }

  /** Name of the function that a call returns into; empty when it lies outside or has no name. */
  Optional<String> function(long returnAddress) throws IOException {
    var frames = frames(returnAddress);
    return frames.isEmpty() ? Optional.empty() : Optional.of(frames.getLast().function());
  }

  /** The same of the call itself, which the compiler may have inlined into the function. */
  Optional<String> innermost(long returnAddress) throws IOException {
    return frames(returnAddress).stream().findFirst().map(Frame::function);
  }

  /** Whether a call may return to an address. */
  boolean holds(long returnAddress) {
    return returnAddress > mapping.start() && returnAddress <= mapping.end();
  }

  @Override
  public void close() throws IOException {
    naming.close();
  }
}

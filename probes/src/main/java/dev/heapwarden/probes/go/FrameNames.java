package dev.heapwarden.probes.go;

import java.io.Closeable;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Names the calls of one program for as long as somebody reads it. Its file stays open, and so
 * outlives the process. Not thread-safe.
 */
public final class FrameNames implements Closeable {
  /** Programs of a million lines call from some ten thousand places. */
  private static final int PLACES_LIMIT = 50_000;

  private static final int NAME_LIMIT = 512;

  private final ElfFile elf;
  private final FunctionTable table;
  private final long bias;
  private final Map<Long, List<Frame>> known = new HashMap<>();

  private FrameNames(ElfFile elf, FunctionTable table, long bias) {
    this.elf = elf;
    this.table = table;
    this.bias = bias;
  }

  /** Empty where the program does not tell which of its calls were inlined. */
  public static Optional<FrameNames> open(Sites.Program program) throws IOException {
    var table = program.binary().table().filter(functions -> functions.module().isPresent());
    return table.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new FrameNames(ElfFile.open(program.executable()), table.get(), program.bias()));
  }

  /**
   * The calls that a call returns into, innermost first; empty when the table does not tell.
   *
   * @throws IOException when the file cannot be read, or too many places were asked for
   */
  public List<Frame> frames(long returnAddress) throws IOException {
    var frames = known.get(returnAddress);
    if (frames == null) {
      if (known.size() == PLACES_LIMIT) {
        throw new IOException("it calls from more than %d places".formatted(PLACES_LIMIT));
      }
      frames = named(returnAddress);
      known.put(returnAddress, frames);
    }
    return frames;
  }

  private List<Frame> named(long returnAddress) throws IOException {
    try {
      // A call may be the last instruction of its function: the byte before belongs to the caller.
      return table.frames(elf, returnAddress - 1 - bias).stream()
          .map(
              frame ->
                  new Frame(
                      Names.printable(frame.function(), NAME_LIMIT),
                      Names.printable(frame.file(), NAME_LIMIT),
                      frame.line()))
          .toList();
    } catch (BinaryFormatException _) {
      return List.of();
    }
  }

  @Override
  public void close() throws IOException {
    elf.close();
  }
}

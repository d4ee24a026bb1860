package dev.heapwarden.probes.gomemory;

import dev.heapwarden.probes.target.MemoryException;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;

/**
 * The heap profile of a Go program from its memory, as runtime/pprof would write it without asking
 * for a collection first: of what was allocated, and what the last collection left.
 */
public final class HeapProfile {
  private HeapProfile() {}

  /**
   * Writes it as a compressed profile.proto.
   *
   * @throws UnreadableProgramException when the program takes no samples of its heap
   * @throws MemoryException when its memory cannot be read, or is not as it should be
   */
  public static void write(GoProcess process, ProgramText text, Instant now, OutputStream output)
      throws IOException {
    var sites = AllocationSites.read(process);
    var profile =
        new Profile(
            text,
            Profile.Entries.CALLS,
            new Profile.ValueType("space", "bytes"),
            sites.rate(),
            new Profile.ValueType("alloc_objects", "count"),
            new Profile.ValueType("alloc_space", "bytes"),
            new Profile.ValueType("inuse_objects", "count"),
            new Profile.ValueType("inuse_space", "bytes"));
    for (var site : sites.sites()) {
      double scale = site.scale(sites.rate());
      profile.sample(
          withoutRuntime(site.stack(), text),
          Map.of(),
          Map.of("bytes", site.blockSize()),
          (long) (site.allocated() * scale),
          (long) (site.allocated() * scale * site.blockSize()),
          (long) (site.inUse() * scale),
          (long) (site.inUse() * scale * site.blockSize()));
    }
    profile.write(now, output);
  }

  /** Without the innermost frames that are the runtime's, unless all are. */
  private static long[] withoutRuntime(long[] stack, ProgramText text) throws IOException {
    for (int i = 0; i < stack.length; i++) {
      var function = text.innermost(stack[i]).orElse("");
      if (!function.startsWith("runtime.") && !function.startsWith("internal/runtime/")) {
        return Arrays.copyOfRange(stack, i, stack.length);
      }
    }
    return stack;
  }
}

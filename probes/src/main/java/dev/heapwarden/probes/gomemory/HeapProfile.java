package dev.heapwarden.probes.gomemory;

import dev.heapwarden.probes.target.MemoryException;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Instant;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * The heap profile of a Go program from its memory, as runtime/pprof would write it without asking
 * for a collection first: of what was allocated, and what the last collection left.
 */
public final class HeapProfile {
  /**
   * Functions that make room for a map: those of runtime/map*.go up to 1.23, and since 1.24 those
   * of internal/runtime/maps, which runtime/map_swiss.go calls.
   */
  private static final Pattern OF_MAPS =
      Pattern.compile(
          "internal/runtime/maps\\..*|runtime\\.(?:makemap|mapassign|mapclear|makeBucketArray"
              + "|hashGrow|\\(\\*hmap\\)\\.).*");

  private HeapProfile() {}

  /**
   * What is in use by the program's samples.
   *
   * @param bytes of all
   * @param mapBytes of it the room of maps, with the keys and elements that lie in it
   */
  public record InUse(long bytes, long mapBytes) {
    /** Of the bytes; 0 where nothing is in use. */
    public double mapShare() {
      return bytes <= 0 ? 0 : mapBytes / (double) bytes;
    }
  }

  /**
   * Writes it as a compressed profile.proto, which says in a comment what share maps have.
   *
   * @throws UnreadableProgramException when the program takes no samples of its heap
   * @throws MemoryException when its memory cannot be read, or is not as it should be
   */
  public static InUse write(GoProcess process, ProgramText text, Instant now, OutputStream output)
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
    long bytes = 0;
    long mapBytes = 0;
    for (var site : sites.sites()) {
      double scale = site.scale(sites.rate());
      long inUse = (long) (site.inUse() * scale * site.blockSize());
      bytes += inUse;
      mapBytes += isOfMap(site.stack(), text) ? inUse : 0;
      profile.sample(
          withoutRuntime(site.stack(), text),
          Map.of(),
          Map.of("bytes", site.blockSize()),
          (long) (site.allocated() * scale),
          (long) (site.allocated() * scale * site.blockSize()),
          (long) (site.inUse() * scale),
          inUse);
    }
    var held = new InUse(bytes, mapBytes);
    profile.comment(
        String.format(
            Locale.ROOT, "maps hold %.1f %% of %d bytes in use", 100 * held.mapShare(), bytes));
    profile.write(now, output);
    return held;
  }

  /** Whether a map asked the allocator for it: only the runtime's frames lie between. */
  private static boolean isOfMap(long[] stack, ProgramText text) throws IOException {
    for (long address : stack) {
      var function = text.innermost(address).orElse("");
      if (OF_MAPS.matcher(function).matches()) {
        return true;
      }
      if (!isOfRuntime(function)) {
        return false;
      }
    }
    return false;
  }

  private static boolean isOfRuntime(String function) {
    return function.startsWith("runtime.") || function.startsWith("internal/runtime/");
  }

  /** Without the innermost frames that are the runtime's, unless all are. */
  private static long[] withoutRuntime(long[] stack, ProgramText text) throws IOException {
    for (int i = 0; i < stack.length; i++) {
      var function = text.innermost(stack[i]).orElse("");
      if (!isOfRuntime(function)) {
        return Arrays.copyOfRange(stack, i, stack.length);
      }
    }
    return stack;
  }
}

package dev.heapwarden.probes.snapshot;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.heapwarden.crds.snapshot.MemorySnapshotStatus.AllocationReport;
import dev.heapwarden.probes.nativecode.Allocator;
import dev.heapwarden.probes.nativecode.CodeFile;
import dev.heapwarden.probes.nativecode.CodeNames;
import dev.heapwarden.probes.nativecode.NativeFrame;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Where blocks were allocated that outlived half a window.
 *
 * @param site function that is to be looked up, or its library and address; null for code that is
 *     in no file, as of a JIT compiler
 * @param how malloc or mmap
 * @param frames innermost first, as far as they are known
 */
public record AllocationPlace(
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String site,
    String how,
    long bytes,
    long blocks,
    List<NativeFrame> frames) {
  private static final int PLACES_IN_FILE = 200;

  /**
   * What HotSpot itself allocates by, so that who calls it is meant:
   * src/hotspot/share/runtime/os.cpp and memory/allocation.cpp (JDK 17 to 25).
   */
  private static final Set<String> OF_HOTSPOT =
      Set.of("os::malloc", "os::realloc", "AllocateHeap", "ReallocateHeap");

  public AllocationPlace {
    frames = List.copyOf(frames);
  }

  /** Names the places of a window, most bytes first. */
  static List<AllocationPlace> of(
      List<AllocationWindow.Stack> stacks, List<CodeFile> files, Allocator.Known allocator)
      throws IOException {
    var largest = stacks.subList(0, Math.min(PLACES_IN_FILE, stacks.size()));
    var names =
        new CodeNames(files)
            .frames(largest.stream().flatMap(stack -> stack.returns().stream()).toList());
    return largest.stream().map(stack -> of(stack, names, allocator)).toList();
  }

  private static AllocationPlace of(
      AllocationWindow.Stack stack, Map<Long, NativeFrame> names, Allocator.Known allocator) {
    var frames = new ArrayList<NativeFrame>();
    for (var address : stack.returns()) {
      var frame = names.get(address);
      if (frame == null) {
        break;
      }
      frames.add(frame);
    }
    return new AllocationPlace(
        site(frames, allocator).map(NativeFrame::text).orElse(null),
        stack.mapped() ? "mmap" : "malloc",
        stack.bytes(),
        stack.blocks(),
        frames);
  }

  /** Who called the libraries that allocate for others, else who called malloc. */
  private static Optional<NativeFrame> site(List<NativeFrame> frames, Allocator.Known allocator) {
    return frames.stream()
        .filter(frame -> !allocator.isOf(frame.library()) && !isOfHotspot(frame))
        .findFirst()
        .or(() -> frames.stream().findFirst());
  }

  private static boolean isOfHotspot(NativeFrame frame) {
    return frame.library().equals("libjvm.so")
        && frame.function() != null
        && OF_HOTSPOT.contains(frame.function());
  }

  /** The same by site, each with the frames of its largest; those without a site stay apart. */
  static List<AllocationPlace> bySite(List<AllocationPlace> places) {
    var merged = new LinkedHashMap<List<Object>, AllocationPlace>();
    for (var place : places) {
      merged.merge(
          place.site() == null ? List.of(merged.size()) : List.of(place.site(), place.how()),
          place,
          AllocationPlace::with);
    }
    return merged.values().stream()
        .sorted(Comparator.comparingLong(AllocationPlace::bytes).reversed())
        .toList();
  }

  private AllocationPlace with(AllocationPlace other) {
    return new AllocationPlace(site, how, bytes + other.bytes, blocks + other.blocks, frames);
  }

  AllocationReport report(double seconds) {
    return new AllocationReport(
        site, how, bytes, blocks, bytes / seconds, frames.stream().map(NativeFrame::text).toList());
  }
}

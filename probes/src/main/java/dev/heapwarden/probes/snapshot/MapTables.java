package dev.heapwarden.probes.snapshot;

import dev.heapwarden.crds.snapshot.MemorySnapshotStatus.MapReport;
import dev.heapwarden.probes.gomemory.GoProcess;
import dev.heapwarden.probes.gomemory.MapReader;
import dev.heapwarden.probes.gomemory.MapReading;
import dev.heapwarden.probes.gomemory.UnreadableProgramException;
import dev.heapwarden.probes.sample.GrownMap;
import dev.heapwarden.probes.target.ProcFs;
import dev.heapwarden.probes.target.TargetProcess;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * What a Go process's memory says of its maps: of the few that grow fastest, and of the largest
 * that do not grow any more.
 */
final class MapTables {
  /** Of one process. */
  static final Duration TIME = Duration.ofSeconds(5);

  private static final long BYTES = 16 << 20;

  private static final int WRITTEN = 5;
  private static final int QUIET = 4;

  private final ProcFs proc;

  MapTables(ProcFs proc) {
    this.proc = proc;
  }

  /**
   * The maps of a process.
   *
   * @param written in the window
   * @param quiet ones, largest first
   */
  record Contents(List<HotMap> written, List<QuietMap> quiet) {}

  /**
   * Looks into them.
   *
   * @param written in the window, fastest growing first
   * @param descriptor address of the one of a map's type
   * @param grown at any time, largest first
   */
  Contents look(
      TargetProcess process,
      List<MapReport> written,
      ToLongFunction<MapReport> descriptor,
      List<GrownMap> grown) {
    var addresses = written.stream().map(MapReport::instance).collect(Collectors.toSet());
    var quiet =
        grown.stream()
            .filter(map -> map.last().entries() >= MapReading.SMALLEST_EMPTIED)
            .filter(map -> !addresses.contains(map.map().address()))
            .limit(QUIET)
            .toList();
    int hot = Math.min(WRITTEN, written.size());
    var places = new ArrayList<Place>();
    for (var map : written.subList(0, hot)) {
      places.add(new Place(MapWindow.address(map), descriptor.applyAsLong(map)));
    }
    for (var map : quiet) {
      places.add(new Place(map.last().address(), map.last().type()));
    }
    var tables = places.isEmpty() ? List.<MapReading>of() : read(process, places);
    return new Contents(
        IntStream.range(0, written.size())
            .mapToObj(i -> new HotMap(written.get(i), i < hot ? tables.get(i) : null))
            .toList(),
        IntStream.range(0, quiet.size())
            .mapToObj(i -> QuietMap.of(quiet.get(i), tables.get(hot + i)))
            .toList());
  }

  /**
   * Where a map is.
   *
   * @param descriptor address of the one of its type
   */
  private record Place(long address, long descriptor) {}

  /** Each, or why not, in the order in which they are given. */
  private List<MapReading> read(TargetProcess process, List<Place> maps) {
    try (var opened =
        GoProcess.openHeap(
            proc.directory(process.pid()),
            process.program(proc.root()).orElseThrow(),
            BYTES,
            TIME)) {
      // From here on it does not matter whose its pid becomes.
      if (!proc.is(process.identity())) {
        return untold(maps, "the process has ended");
      }
      var reader = new MapReader(opened);
      return maps.stream().map(map -> reader.read(map.address(), map.descriptor())).toList();
    } catch (UnreadableProgramException refusal) {
      return untold(maps, String.valueOf(refusal.getMessage()));
    } catch (IOException _) {
      return untold(maps, "its memory cannot be opened");
    }
  }

  private static List<MapReading> untold(List<Place> maps, String reason) {
    return maps.stream().<MapReading>map(_ -> new MapReading.Untold(reason)).toList();
  }
}

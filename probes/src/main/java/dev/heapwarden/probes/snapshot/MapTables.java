package dev.heapwarden.probes.snapshot;

import dev.heapwarden.crds.snapshot.MapReport;
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
import java.util.Comparator;
import java.util.List;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

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

  /** Nobody tells which of the maps that grew were dropped since: most may have been. */
  private static final int QUIET_TRIED = 32;

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
    var maps = new Maps(written, descriptor, quiet(written, grown));
    try (var opened =
        GoProcess.openHeap(
            proc.directory(process.pid()),
            process.program(proc.root()).orElseThrow(),
            BYTES,
            TIME)) {
      // From here on it does not matter whose its pid becomes.
      return proc.is(process.identity())
          ? maps.read(new MapReader(opened)::read)
          : maps.untold("the process has ended");
    } catch (UnreadableProgramException refusal) {
      return maps.untold(String.valueOf(refusal.getMessage()));
    } catch (IOException _) {
      return maps.untold("its memory cannot be opened");
    }
  }

  private static List<GrownMap> quiet(List<MapReport> written, List<GrownMap> grown) {
    var addresses = written.stream().map(MapReport::instance).collect(Collectors.toSet());
    return grown.stream()
        .filter(map -> map.last().entries() >= MapReading.SMALLEST_EMPTIED)
        .filter(map -> !addresses.contains(map.map().address()))
        .limit(QUIET_TRIED)
        .toList();
  }

  /** Reads a map by its address and that of its type's descriptor. */
  private interface Reader {
    MapReading read(long address, long descriptor);
  }

  /** Maps to be looked into. */
  private record Maps(
      List<MapReport> written, ToLongFunction<MapReport> descriptor, List<GrownMap> quiet) {
    Contents untold(String reason) {
      return read((_, _) -> new MapReading.Untold(reason));
    }

    Contents read(Reader reader) {
      return new Contents(
          IntStream.range(0, written.size())
              .mapToObj(i -> i < WRITTEN ? hot(i, reader) : new HotMap(written.get(i), null))
              .toList(),
          quiet(reader));
    }

    private HotMap hot(int i, Reader reader) {
      var map = written.get(i);
      return new HotMap(map, reader.read(MapWindow.address(map), descriptor.applyAsLong(map)));
    }

    /** The largest that are told; where these are too few, of the others too. */
    private List<QuietMap> quiet(Reader reader) {
      var told = new ArrayList<QuietMap>();
      var untold = new ArrayList<QuietMap>();
      for (int i = 0; i < quiet.size() && told.size() < QUIET; i++) {
        var last = quiet.get(i).last();
        var table = reader.read(last.address(), last.type());
        (table instanceof MapReading.Told ? told : untold).add(QuietMap.of(quiet.get(i), table));
      }
      return Stream.concat(told.stream(), untold.stream())
          .limit(QUIET)
          .sorted(Comparator.comparingLong(QuietMap::grownTo).reversed())
          .toList();
    }
  }
}

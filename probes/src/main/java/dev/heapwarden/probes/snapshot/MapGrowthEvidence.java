package dev.heapwarden.probes.snapshot;

import dev.heapwarden.detection.sample.Signal;
import dev.heapwarden.probes.cost.Spending;
import dev.heapwarden.probes.go.ExecutableId;
import dev.heapwarden.probes.go.Sites;
import dev.heapwarden.probes.gomemory.MapReading;
import dev.heapwarden.probes.probe.Bpftrace;
import dev.heapwarden.probes.probe.BpftraceLine;
import dev.heapwarden.probes.sample.GrownMap;
import dev.heapwarden.probes.target.ProcFs;
import dev.heapwarden.probes.target.TargetProcess;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongFunction;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A short window of probes on every assignment to a map, in one process. */
public final class MapGrowthEvidence {
  /** Attaching and detaching, besides the window itself. */
  static final Duration OVERHEAD = Duration.ofSeconds(30);

  /**
   * Characters of a uprobe's path. The kernel names a probe by its path, offset and pid in 63
   * characters (MAX_EVENT_NAME_LEN, kernel/trace/trace.h).
   */
  private static final int LONGEST_PATH = 40;

  private static final int MAPS_IN_FILE = 1000;

  private final Bpftrace bpftrace;
  private final Sites sites;
  private final ArtifactStore store;
  private final ProcFs proc;
  private final Spending spending;
  private final LongFunction<List<GrownMap>> grown;
  private final MapTables tables;

  /**
   * @param sites names writers and types
   * @param store where artefacts stay
   * @param spending is told what a window took from the container
   * @param grown the maps of a process that were seen to grow, by its pid, largest first
   */
  public MapGrowthEvidence(
      Bpftrace bpftrace,
      Sites sites,
      ArtifactStore store,
      ProcFs proc,
      Spending spending,
      LongFunction<List<GrownMap>> grown) {
    this.bpftrace = bpftrace;
    this.sites = sites;
    this.store = store;
    this.proc = proc;
    this.spending = spending;
    this.grown = grown;
    tables = new MapTables(proc);
  }

  static final Pattern PLAIN_PATH = Pattern.compile("[A-Za-z0-9._/+-]+");

  /** What became of a window. */
  public sealed interface Outcome {}

  /**
   * What it saw.
   *
   * @param seconds that it was open
   * @param hits writes that it saw, those to small maps included
   * @param cut whether it was closed early, at its limit of hits
   * @param lost events that are in no figure: there was no room for them
   * @param maps that were written, fastest growing first
   * @param quiet ones that were not, largest first
   */
  public record Report(
      long pid,
      double seconds,
      long hits,
      boolean cut,
      long lost,
      List<HotMap> maps,
      List<QuietMap> quiet)
      implements Outcome {
    public Report {
      maps = List.copyOf(maps);
      quiet = List.copyOf(quiet);
    }

    /** How much room is kept for nothing, where any map was read. */
    Map<Signal, Double> emptied() {
      var read =
          Stream.concat(maps.stream().map(HotMap::table), quiet.stream().map(QuietMap::table))
              .flatMap(Report::told)
              .toList();
      long room = read.stream().mapToLong(MapReading.Told::capacity).sum();
      long free =
          read.stream()
              .filter(MapReading.Told::emptied)
              .mapToLong(map -> map.capacity() - map.entries())
              .sum();
      return room == 0 ? Map.of() : Map.of(Signal.EMPTIED_MAP_SHARE, (double) free / room);
    }

    private static Stream<MapReading.Told> told(@Nullable MapReading table) {
      return table instanceof MapReading.Told told ? Stream.of(told) : Stream.of();
    }
  }

  /**
   * It saw nothing.
   *
   * @param refused whether it cannot be opened on this process at all
   */
  public record Unseen(boolean refused, String reason) implements Outcome {}

  Evidence take(Order order) throws IOException {
    var process =
        order.target().probeableGo().stream()
            .max(Comparator.comparingLong(TargetProcess::anonymousBytes));
    if (process.isEmpty()) {
      return new Evidence.Refused(
          order.target().main().flatMap(TargetProcess::refusal).orElse("no process was found"));
    }
    return switch (watch(
        process.get(), order.window(), order.target().container().suspiciousKeys())) {
      case Unseen(boolean refused, String reason) ->
          refused ? new Evidence.Refused(reason) : new Evidence.Failed(reason);
      case Report report -> {
        long paid = report.hits() * MapProgram.cost(process.get().go().orElseThrow());
        spending.snapshot(order.target().container().key(), Duration.ofNanos(paid));
        yield Evidence.Taken.of(
            store.store(
                order.owner(),
                "map-growth.json",
                new ByteArrayInputStream(BpftraceLine.JSON.writeValueAsBytes(report))),
            Evidence.Told.maps(report.maps().stream().map(HotMap::growth).toList())
                .of(new Evidence.Window(report.cut(), report.lost()))
                .advising(MapAdvice.of(report.quiet(), grown.apply(report.pid())))
                .measuring(report.emptied()));
      }
    };
  }

  /**
   * Watches a Go process that can be probed.
   *
   * @param suspiciousKeys types that are marked where a map has them as keys
   */
  public Outcome watch(TargetProcess process, Duration time, List<String> suspiciousKeys)
      throws IOException {
    var binary = process.go().orElseThrow();
    if (MapProgram.assignments(binary).isEmpty()) {
      return new Unseen(true, "it has no function that assigns to a map");
    }
    var own = belowRoot(process);
    if (own.isEmpty() && shared(process)) {
      return new Unseen(
          true,
          "the path of its executable is too long for the kernel or not plain, its container has no"
              + " /proc, and other processes run it too");
    }
    // A program that nobody else runs is traced by its link.
    var path = own.isPresent() ? own.get() : bpftrace.link(process.executable());
    var window = new MapWindow();
    var child =
        bpftrace.start(
            MapProgram.text(path, process.pid(), binary, time),
            own.isPresent() ? process.pid() : 0,
            own.isPresent() ? List.of() : List.of(path),
            time.plus(OVERHEAD),
            window::read);
    child.ended().join();
    if (!window.attached()) {
      return new Unseen(false, "bpftrace: " + child.complaint());
    }
    boolean cut = window.hits() > MapProgram.HITS;
    double seconds = window.seconds();
    var program = process.program(proc.root()).orElseThrow();
    var maps =
        window.maps(
            seconds,
            addresses -> {
              var calls = sites.calls(program, addresses);
              return calls.isEmpty() ? sites.frames(program, addresses[0]) : calls;
            },
            type -> sites.mapType(program, type));
    var told = maps.stream().limit(MAPS_IN_FILE).map(map -> map.marking(suspiciousKeys)).toList();
    var contents = tables.look(process, told, window::descriptor, grown.apply(process.pid()));
    return new Report(
        process.pid(),
        seconds,
        window.hits(),
        cut,
        window.lost(),
        contents.written().stream()
            .map(map -> map.ending(window.lastOperations(map.growth())))
            .toList(),
        contents.quiet());
  }

  /**
   * Where bpftrace finds the executable. With -p, so that no other process pays, it takes paths
   * below the process's root only: a link of the agent's cannot stand in for them. An image may
   * name its files as it likes, and only a name that means nothing to bpftrace stands in a program:
   * where it will not do, the container's own /proc leads to the file.
   */
  private Optional<Path> belowRoot(TargetProcess process) throws IOException {
    if (fits(process.executable())) {
      return Optional.of(process.executable());
    }
    var link = proc.executableBelowRoot(process.pid());
    return fits(link) && inode(link) == process.identity().executable().inode()
        ? Optional.of(link)
        : Optional.empty();
  }

  private static boolean fits(Path path) {
    var name = path.toString();
    return name.length() <= LONGEST_PATH && PLAIN_PATH.matcher(name).matches();
  }

  /** By inode: overlay file systems show one file under several devices. */
  private boolean shared(TargetProcess process) throws IOException {
    long inode = process.identity().executable().inode();
    try (var processes = Files.newDirectoryStream(proc.root(), "[0-9]*")) {
      for (var other : processes) {
        if (!other.endsWith(Long.toString(process.pid())) && inode == inode(other.resolve("exe"))) {
          return true;
        }
      }
    }
    return false;
  }

  /** Of a process's executable; -1 of a kernel thread, or one that ended. */
  private static long inode(Path executable) {
    try {
      return ExecutableId.of(executable).inode();
    } catch (IOException _) {
      return -1;
    }
  }
}

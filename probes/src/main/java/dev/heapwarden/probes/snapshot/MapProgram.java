package dev.heapwarden.probes.snapshot;

import dev.heapwarden.probes.cost.HitCost;
import dev.heapwarden.probes.go.Architecture;
import dev.heapwarden.probes.go.GoBinary;
import dev.heapwarden.probes.gomemory.GoroutineId;
import dev.heapwarden.probes.probe.Uprobe;
import dev.heapwarden.probes.snapshot.MapOperation.Kind;
import dev.heapwarden.probes.target.TargetProcess;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** The text of a map window. */
public final class MapProgram {
  /** At 4 to 20 microseconds each, see {@link #cost}: at most four seconds of one core. */
  static final int HITS = 200_000;

  /** Smaller maps are left out: a busy server makes and drops thousands. */
  private static final int SMALLEST_MAP = 64;

  /** Return addresses of a write; inlined calls come to them when they are named. */
  private static final int CALLERS = 6;

  private final Path executable;
  private final long pid;
  private final GoBinary binary;
  private final Architecture registers;

  private MapProgram(Path executable, long pid, GoBinary binary) {
    this.executable = executable;
    this.pid = pid;
    this.binary = binary;
    registers = binary.architecture().orElseThrow();
  }

  /**
   * The window's text for one process, by the path that the agent has of its executable.
   *
   * @throws IllegalArgumentException when it is no Go program
   */
  public static String of(TargetProcess process, Duration window) {
    var binary = process.go().orElseThrow(() -> new IllegalArgumentException("not a Go program"));
    return text(process.executable(), process.pid(), binary, window);
  }

  /** The functions of a program that assign to a map. */
  static List<String> assignments(GoBinary binary) {
    return present(binary, GoBinary.ASSIGN);
  }

  /** CPU nanoseconds that a hit of a window takes, at most. */
  public static long cost(GoBinary binary) {
    return HitCost.WRITTEN
        + watched(binary).stream()
            .mapToLong(function -> Uprobe.cost(binary, function))
            .max()
            .orElse(0);
  }

  /** All that a window watches. */
  static List<String> watched(GoBinary binary) {
    return Stream.of(GoBinary.ASSIGN, GoBinary.DELETE, Set.of(GoBinary.CLEAR))
        .flatMap(functions -> present(binary, functions).stream())
        .toList();
  }

  private static List<String> present(GoBinary binary, Set<String> functions) {
    return functions.stream()
        .filter(function -> binary.missing(function).isEmpty())
        .sorted()
        .toList();
  }

  /**
   * The window's text. mapassign*(t, m, ...), mapdelete*(t, m, ...) and mapclear(t, m): the first
   * word of a map is its live count, in runtime.hmap (src/runtime/map.go up to Go 1.23) as in
   * maps.Map (src/internal/runtime/maps/map.go). Probes are detached one after the other, so that
   * the window is closed first.
   */
  static String text(Path executable, long pid, GoBinary binary, Duration window) {
    var program = new MapProgram(executable, pid, binary);
    return """
    config = { max_map_keys = 16384 }
    BEGIN { @open = 1; %s %s printf("start %%lu\\n", nsecs); }
    %s%s%s%s"""
        .formatted(
            WindowClock.STARTED,
            MapOperation.DECLARED,
            program.probes(GoBinary.ASSIGN, Kind.ASSIGN, program.write()),
            program.probes(GoBinary.DELETE, Kind.DELETE, "@deletes[$map] = count();"),
            program.probes(
                Set.of(GoBinary.CLEAR),
                Kind.CLEAR,
                "@last[$map] = (uint64)0; @clears[$map] = count();"),
            WindowClock.atEachTick(
                "if (@open == 1 && %s) { @open = 0; printf(\"end %%lu\\n\", nsecs); exit(); }"
                    .formatted(WindowClock.isOver(window))));
  }

  /** What is done at each of these functions; nothing where it has none. */
  private String probes(Set<String> functions, Kind kind, String done) {
    var present = present(binary, functions);
    if (present.isEmpty()) {
      return "";
    }
    return """
    %s /pid == %d/ {
      @hits++;
      if (@hits > %d) { @open = 0; exit(); }
      if (@open == 0) { return; }
      $map = (uint64)reg("%s"); $used = *(uint64*)$map;
      if ($used >= %d) {
        if (@firstat[$map] == 0) { @firstat[$map] = nsecs; @first[$map] = $used; @type[$map] = (uint64)reg("%s"); }
        @lastat[$map] = nsecs; @last[$map] = $used;
        %s
        %s
      }
    }
    """
        .formatted(
            present.stream()
                .map(function -> Uprobe.of(executable, binary, function))
                .collect(Collectors.joining(",\n")),
            pid,
            HITS,
            registers.argument(1),
            SMALLEST_MAP,
            registers.argument(0),
            MapOperation.note(kind, goroutine()),
            done);
  }

  private String goroutine() {
    var offset = GoroutineId.offset(binary.version());
    return offset.isEmpty()
        ? "0"
        : "*(uint64*)(reg(\"%s\") + %d)".formatted(registers.goroutine(), offset.getAsInt());
  }

  /** Counts a write by its callers: beyond the outermost one what cannot be read is 0. */
  private String write() {
    return """
    $r0 = %s; $bp = reg("%s");
        %s
        @writes[$map, %s] = count();\
    """
        .formatted(
            registers.returnAddress(),
            registers.framePointer(),
            IntStream.range(1, CALLERS)
                .mapToObj("$r%d = *(uint64*)($bp + 8);"::formatted)
                .collect(Collectors.joining(" $bp = *(uint64*)$bp;\n    ")),
            IntStream.range(0, CALLERS)
                .mapToObj("$r%d"::formatted)
                .collect(Collectors.joining(", ")));
  }
}

package dev.heapwarden.probes.snapshot;

import dev.heapwarden.probes.go.GoBinary;
import dev.heapwarden.probes.probe.Uprobe;
import dev.heapwarden.probes.target.TargetProcess;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;

/** The text of a map window. */
public final class MapProgram {
  /** At 1 to 18 microseconds each (see {@link Uprobe}), at most four seconds of one core. */
  static final int HITS = 200_000;

  /** Smaller maps are left out: a busy server makes and drops thousands. */
  private static final int SMALLEST_MAP = 64;

  private MapProgram() {}

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
    return GoBinary.ASSIGN.stream()
        .filter(function -> binary.missing(function).isEmpty())
        .sorted()
        .toList();
  }

  /**
   * The window's text. mapassign*(t, m, ...): the first word of a map is its live count, in
   * runtime.hmap (src/runtime/map.go up to Go 1.23) as in maps.Map
   * (src/internal/runtime/maps/map.go).
   */
  static String text(Path executable, long pid, GoBinary binary, Duration window) {
    var registers = binary.architecture().orElseThrow();
    var probes =
        assignments(binary).stream()
            .map(function -> Uprobe.of(executable, binary, function))
            .collect(Collectors.joining(",\n"));
    return """
    config = { max_map_keys = 16384 }
    BEGIN { printf("start %%lu\\n", nsecs); }
    %s /pid == %d/ {
      @hits++;
      if (@hits > %d) { exit(); }
      $map = (uint64)reg("%s"); $used = *(uint64*)$map;
      if ($used >= %d) {
        if (@firstat[$map] == 0) { @firstat[$map] = nsecs; @first[$map] = $used; @type[$map] = (uint64)reg("%s"); }
        @lastat[$map] = nsecs; @last[$map] = $used;
        $bp = reg("%s"); $r0 = %s; $r1 = *(uint64*)($bp + 8);
        $bp = *(uint64*)$bp; $r2 = *(uint64*)($bp + 8);
        @writes[$map, $r0, $r1, $r2] = count();
      }
    }
    interval:ms:%d { exit(); }
    """
        .formatted(
            probes,
            pid,
            HITS,
            registers.argument(1),
            SMALLEST_MAP,
            registers.argument(0),
            registers.framePointer(),
            registers.returnAddress(),
            window.toMillis());
  }
}

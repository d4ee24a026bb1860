package dev.heapwarden.probes.probe;

import dev.heapwarden.probes.go.Architecture;
import dev.heapwarden.probes.go.GoBinary;
import java.nio.file.Path;

/**
 * The part of the node's program that watches one Go executable. Each hit counts, of a process that
 * is watched by itself, else by the executable.
 *
 * <p>At a function's entry, and where {@link Uprobe} probes it, the frame pointer still is its
 * caller's: see {@link Architecture}.
 *
 * @param link a short path to it
 * @param number of it in the program
 */
record GoUprobes(Path link, int number, GoExecutable go) {
  /** Smaller maps are not told. */
  static final int SMALLEST_MAP = 64;

  /** Growths told of one process per second; from a map of {@link #LARGE_MAP} entries more. */
  private static final int GROWTHS = 100;

  private static final int LARGE_MAP_GROWTHS = 300;
  private static final int LARGE_MAP = 4096;

  /** Collections of one process closer together than this are told as one. */
  private static final long COLLECTION_GAP_NANOS = 20_000_000;

  /** Tells a collection, with the longest pause since the one told before. */
  private static final String TELL =
      """
      if (nsecs - @gctold[pid] >= %d) {
            @gctold[pid] = nsecs;
            printf("gc %%d %%lu %%lu %%lu %%lu\\n", pid, nsecs, %s, @gc[pid], %s);
            %s
          }\
      """;

  String text() {
    return (go.tellsMarkTermination()
            ? timedCollections()
            : go.tellsCollections() ? collections() : "")
        + (go.tellsGrowth() ? growth() : "");
  }

  private String collections() {
    return probe(GoBinary.GC, "gc", TELL.formatted(COLLECTION_GAP_NANOS, live(), "0", ""));
  }

  /**
   * The world stands still from before the end of marking, where the live heap is known, until it
   * is started: no other stop comes in between. Where the marking has to go on after all the world
   * is stopped anew.
   */
  private String timedCollections() {
    return probe(
            GoBinary.STOP_WORLD,
            "stw",
            "if (reg(\"%s\") == %d) { @stopped[pid] = nsecs; }"
                .formatted(registers().argument(0), GoBinary.FOR_MARK_TERMINATION))
        + probe(GoBinary.GC, "gc", "@live[pid] = %s; @marked[pid] = 1;".formatted(live()))
        + probe(
            GoBinary.START_WORLD,
            "stw",
            """
            if (@marked[pid]) {
                  @marked[pid] = 0;
                  if (@stopped[pid]) {
                    $pause = nsecs - @stopped[pid];
                    if ($pause > @pause[pid]) { @pause[pid] = $pause; }
                  }
                  @stopped[pid] = 0;
                  %s
                }\
            """
                .formatted(
                    TELL.formatted(
                        COLLECTION_GAP_NANOS, "@live[pid]", "@pause[pid]", "@pause[pid] = 0;")));
  }

  /** (c *gcControllerState) resetLive(bytesMarked). */
  private String live() {
    return "reg(\"%s\")".formatted(registers().argument(1));
  }

  private String growth() {
    var registers = registers();
    // hashGrow(t, h); (t *table) rehash(typ, m), split(typ, m)
    int type = go.binary().swissMaps() ? 1 : 0;
    return probe(
        go.growth(),
        "grown",
        """
        $map = reg("%s"); $used = *(uint64*)$map;
            if ($used >= %d) {
              $second = (uint64)nsecs / 1000000000;
              if (@second[pid] != $second) { @second[pid] = $second; @told[pid] = 0; }
              if (@told[pid] < %d || ($used >= %d && @told[pid] < %d)) {
                @told[pid]++;
                $bp = reg("%s");
                $r0 = %s;
                $r1 = *(uint64*)($bp + 8); $bp = *(uint64*)$bp;
                $r2 = *(uint64*)($bp + 8); $bp = *(uint64*)$bp;
                $r3 = *(uint64*)($bp + 8); $bp = *(uint64*)$bp;
                $r4 = *(uint64*)($bp + 8); $bp = *(uint64*)$bp;
                $r5 = *(uint64*)($bp + 8);
                printf("map %%d %%lu %%lx %%lu %%lx %%lx %%lx %%lx %%lx %%lx %%lx\\n", pid, nsecs, $map, $used, reg("%s"), $r0, $r1, $r2, $r3, $r4, $r5);
              } else {
                @untold = count();
              }
            }\
        """
            .formatted(
                registers.argument(type + 1),
                SMALLEST_MAP,
                GROWTHS,
                LARGE_MAP,
                LARGE_MAP_GROWTHS,
                registers.framePointer(),
                registers.returnAddress(),
                registers.argument(type)));
  }

  /**
   * A probe of one function.
   *
   * @param hits map of the hits of watched processes
   * @param body what is done for these
   */
  private String probe(String function, String hits, String body) {
    return """
    %s {
      $of = @t[pid];
      if ($of == %d) {
        @%s[pid]++;
        %s
      } else if ($of == 0) {
        @%sother[%d]++;
      }
    }
    """
        .formatted(Uprobe.of(link, go.binary(), function), number, hits, body, hits, number);
  }

  private Architecture registers() {
    return go.binary().architecture().orElseThrow();
  }
}

package dev.heapwarden.probes.probe;

import dev.heapwarden.probes.go.Architecture;
import dev.heapwarden.probes.go.GoBinary;
import java.util.List;
import java.util.function.Predicate;

/**
 * The part of the node's program that watches one Go executable. Each hit counts, of a process that
 * is watched by itself, else by the executable.
 *
 * <p>At a function's entry, and where {@link Uprobe} probes it, the frame pointer still is its
 * caller's: see {@link Architecture}.
 */
final class GoUprobes {
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

  private GoUprobes() {}

  /** How many probes {@link #text} has. */
  static int count(NodeProgram.Probed probed) {
    var executable = probed.executable();
    return (executable.tellsCollections() ? 1 : 0)
        + (executable.tellsMarkTermination() ? 2 : 0)
        + (executable.tellsGrowth() ? 1 : 0);
  }

  static String text(NodeProgram.Probed probed) {
    var executable = probed.executable();
    return (executable.tellsMarkTermination()
            ? timedCollections(probed)
            : executable.tellsCollections() ? collections(probed) : "")
        + (executable.tellsGrowth() ? growth(probed) : "");
  }

  /** Only maps that some probe writes exist. */
  static String printHits(List<NodeProgram.Probed> executables) {
    return printIf(executables, NodePlan.GoExecutable::tellsCollections, "gc")
        + printIf(executables, NodePlan.GoExecutable::tellsMarkTermination, "stw")
        + printIf(executables, NodePlan.GoExecutable::tellsGrowth, "grown");
  }

  private static String printIf(
      List<NodeProgram.Probed> executables, Predicate<NodePlan.GoExecutable> told, String map) {
    return executables.stream().map(NodeProgram.Probed::executable).anyMatch(told)
        ? "print(@%1$s); print(@%1$sother); ".formatted(map)
        : "";
  }

  private static String collections(NodeProgram.Probed probed) {
    return probe(
        probed, GoBinary.GC, "gc", TELL.formatted(COLLECTION_GAP_NANOS, live(probed), "0", ""));
  }

  /**
   * The world stands still from before the end of marking, where the live heap is known, until it
   * is started: no other stop comes in between. Where the marking has to go on after all the world
   * is stopped anew.
   */
  private static String timedCollections(NodeProgram.Probed probed) {
    return probe(
            probed,
            GoBinary.STOP_WORLD,
            "stw",
            "if (reg(\"%s\") == %d) { @stopped[pid] = nsecs; }"
                .formatted(registers(probed).argument(0), GoBinary.FOR_MARK_TERMINATION))
        + probe(
            probed, GoBinary.GC, "gc", "@live[pid] = %s; @marked[pid] = 1;".formatted(live(probed)))
        + probe(
            probed,
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
  private static String live(NodeProgram.Probed probed) {
    return "reg(\"%s\")".formatted(registers(probed).argument(1));
  }

  private static String growth(NodeProgram.Probed probed) {
    var registers = registers(probed);
    var growth = probed.executable().binary().growth();
    // hashGrow(t, h); (t *table) rehash(typ, m)
    int type = growth.equals(GoBinary.GROW_SWISS) ? 1 : 0;
    return probe(
        probed,
        growth,
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
  private static String probe(
      NodeProgram.Probed probed, String function, String hits, String body) {
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
        .formatted(
            Uprobe.of(probed.link(), probed.executable().binary(), function),
            probed.number(),
            hits,
            body,
            hits,
            probed.number());
  }

  private static Architecture registers(NodeProgram.Probed probed) {
    return probed.executable().binary().architecture().orElseThrow();
  }
}

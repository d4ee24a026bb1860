package dev.heapwarden.probes.snapshot;

import dev.heapwarden.probes.cost.HitCost;
import dev.heapwarden.probes.go.Architecture;
import dev.heapwarden.probes.nativecode.Allocator.Known;
import dev.heapwarden.probes.nativecode.Allocator.Probed;
import java.time.Duration;
import java.util.Comparator;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The text of a window on what a C library gives and takes back. Blocks of the first half are noted
 * with their caller, and in both halves struck out when they are given back: what is left outlived
 * half a window.
 *
 * <p>A call inside another one of the same thread, as of mmap in malloc, is told by its place on
 * the stack, so that one whose return was missed hides no later one. Threads are told apart by
 * their kernel's task: in a pid namespace that is not the first there is no other name for them.
 */
final class AllocationProgram {
  /** CPU time that it may take from the process, as {@link HitCost} estimates it. */
  static final Duration BUDGET = Duration.ofSeconds(4);

  /** Blocks that can be noted at once, with room for those that two threads note uncounted. */
  private static final int BLOCKS = 28_000;

  private static final int KEYS = 32_768;

  /** Frames of the library between an outer call and the one inside it have fewer bytes. */
  private static final int INSIDE = 4096;

  /** The same of operator new and strdup. */
  private static final int WRAPPED = 512;

  /**
   * Entries that nothing is ever looked for at: bpftrace learns from them what the maps hold. A
   * block is its size, how much of that is new, its kind and its callers; a call is its place on
   * the stack and the same.
   */
  private static final String TYPES =
      """
      $no = (uint64)0; @at[$no] = ($no, $no, $no, $no, $no, $no, $no);
        @call[$no] = ($no, $no, $no, $no, $no, $no, $no, $no); @wrap[$no] = ($no, $no, $no, $no, $no);
        @old[$no] = $no; @into[$no] = $no; @kept = 0; @over = 0;\
      """
          .strip();

  static final int HEAP = 0;
  static final int MAPPED = 1;

  /** PROT_NONE, MAP_FIXED and MAP_ANONYMOUS of asm-generic/mman-common.h. */
  private static final String RESERVED = "arg2 == 0 && (arg3 & 0x10) != 0";

  private static final String ANONYMOUS = "arg2 != 0 && (arg3 & 0x20) != 0";

  private static final Set<String> TAKING = Set.of("realloc", "munmap", "mremap");

  private static final Set<String> MOVING = Set.of("realloc", "mremap");

  /** Whose result is a block's address, or says that there is one. */
  private static final Set<String> RETURNING =
      Set.of(
          "malloc",
          "calloc",
          "realloc",
          "memalign",
          "aligned_alloc",
          "posix_memalign",
          "mmap",
          "mremap");

  private final Known allocator;
  private final Architecture architecture;

  private AllocationProgram(Known allocator) {
    this.allocator = allocator;
    architecture = allocator.architecture();
  }

  /** The window's text. */
  static String of(Known allocator, Duration window) {
    return new AllocationProgram(allocator).text(window);
  }

  private String text(Duration window) {
    var text =
        new StringBuilder(
            """
            config = { max_map_keys = %d; print_maps_on_exit = 0 }
            BEGIN {
              %s
              @open = 1; %s printf("start %%lu\\n", nsecs);
            }
            """
                .formatted(KEYS, TYPES, WindowClock.STARTED));
    allocator.functions().stream()
        .sorted(Comparator.comparingInt(probed -> turn(probed.function())))
        .forEach(probed -> text.append(probes(probed)));
    return text.append(
            """
            %sEND { print(@paid); print(@closed); print(@older); print(@leftout); print(@bytes); print(@blocks); }
            """
                .formatted(
                    WindowClock.atEachTick(
                        "if (@open && %s) { @open = 0; @closed = nsecs; } if (%s) { exit(); }"
                            .formatted(
                                WindowClock.isOver(window.dividedBy(2)),
                                WindowClock.isOver(window)))))
        .toString();
  }

  /**
   * bpftrace 0.23 attaches the last uprobe of a text first (attach_reverse in src/bpftrace.cpp):
   * what takes blocks back has to be there before what gives them.
   */
  private static int turn(String function) {
    if (function.equals("free")) {
      return 3;
    }
    return TAKING.contains(function) ? 2 : RETURNING.contains(function) ? 0 : 1;
  }

  private String probes(Probed probed) {
    var place = probed.file().path() + ":" + probed.pattern();
    var entry = "uprobe:%s {\n%s%s}\n".formatted(place, paid(probed), entry(probed.function()));
    return RETURNING.contains(probed.function())
        ? entry + "uretprobe:%s {\n%s}\n".formatted(place, exit(probed.function()))
        : entry;
  }

  /** The first half ends early at half of the budget, the window at all of it. */
  private static String paid(Probed probed) {
    long trap = probed.stepped() ? HitCost.STEPPED_UPROBE : HitCost.UPROBE;
    long cost = RETURNING.contains(probed.function()) ? trap + HitCost.NOTED : trap;
    return """
      @paid += %d;
      if (@open && @paid > %d) { @open = 0; @closed = nsecs; }
      if (@paid > %d) { if (@over == 0) { @over = 1; exit(); } return; }
    """
        .formatted(cost, BUDGET.toNanos() / 2, BUDGET.toNanos());
  }

  private String entry(String function) {
    return switch (function) {
      case "malloc" -> whileOpen(called("arg0", HEAP));
      case "calloc" -> whileOpen(called("arg0 * arg1", HEAP));
      case "memalign", "aligned_alloc" -> whileOpen(called("arg1", HEAP));
      case "posix_memalign" -> whileOpen(called("arg2", HEAP) + "    @into[$t] = (uint64)arg0;\n");
      case "realloc" -> moved("arg0 == 0 ? 0 : arg1", "arg1", HEAP);
      case "mremap" -> moved("arg1", "arg2", MAPPED);
      case "mmap" ->
          "  if (%s) {\n%s  }\n".formatted(RESERVED, unmapped())
              + "  if (@open && %s) {\n%s  }\n".formatted(ANONYMOUS, called("arg1", MAPPED));
      case "munmap" -> unmapped();
      case "free" -> struck("arg0") + "  else if (@open && arg0 != 0) { @older++; }\n";
      default -> whileOpen(wrapped());
    };
  }

  private static String whileOpen(String text) {
    return "  if (@open) {\n%s  }\n".formatted(text);
  }

  /**
   * Of a block only what it gains is new; of one that was there before the window it is not known
   * what it had, unless the caller says so.
   *
   * @param before what it had, where it is not noted
   * @param all what it shall have
   */
  private String moved(String before, String all, int kind) {
    return """
      $b = @at[(uint64)arg0];
      if (@open || $b.0 != 0) {
        $had = (uint64)(%1$s); $new = (uint64)0;
        if ($b.0 != 0) { $had = $b.0; $new = $b.1; }
        if (@open) { $new = $new + (uint64)(%2$s) - $had; }
    %3$s  }
    """
        .formatted(before, all, called(all, "$new", kind, "@old[$t] = (uint64)arg0;"));
  }

  /** Notes a call, unless it is inside another one. */
  private String called(String size, int kind) {
    return called(size, size, kind, "");
  }

  /**
   * Notes it. bpftrace tells of each delete that finds nothing, and is long busy with that.
   *
   * @param size of the block
   * @param counted bytes of it that are new
   * @param besides what is to be noted too, unless it is inside another one
   */
  private String called(String size, String counted, int kind, String besides) {
    return """
        $t = (uint64)curtask; $sp = (uint64)reg("sp"); $c = @call[$t];
        if ($c.0 <= $sp || $c.0 - $sp > %1$d) {
          %7$s
          $w = @wrap[$t];
          if ($w.0 != 0) { delete(@wrap[$t]); }
          if ($w.0 >= $sp && $w.0 - $sp < %5$d) {
            @call[$t] = ($sp, (uint64)(%2$s), (uint64)(%6$s), (uint64)%3$d, $w.1, $w.2, $w.3, $w.4);
          } else {
            %4$s
            @call[$t] = ($sp, (uint64)(%2$s), (uint64)(%6$s), (uint64)%3$d, $r0, $r1, $r2, $r3);
          }
        }
    """
        .formatted(INSIDE, size, kind, callers(), WRAPPED, counted, besides);
  }

  /** The call that follows at once is its caller's. */
  private String wrapped() {
    return """
        $t = (uint64)curtask; $sp = (uint64)reg("sp"); $w = @wrap[$t];
        if ($w.0 <= $sp || $w.0 - $sp > %d) {
          %s
          @wrap[$t] = ($sp, $r0, $r1, $r2, $r3);
        }
    """
        .formatted(WRAPPED, callers());
  }

  /** Exact is the first; the others are, where the code keeps frame pointers. */
  private String callers() {
    return """
    $r0 = (uint64)%s; $bp = (uint64)reg("%s"); $r1 = *(uint64*)($bp + 8);
            $bp = *(uint64*)$bp; $r2 = *(uint64*)($bp + 8); $bp = *(uint64*)$bp; $r3 = *(uint64*)($bp + 8);\
    """
        .formatted(architecture.returnAddress(), architecture.framePointer());
  }

  /** Gives a block's bytes back; what follows it may be an else. */
  private static String struck(String address) {
    return """
      $b = @at[(uint64)%1$s];
      if ($b.0 != 0) {
        delete(@at[(uint64)%1$s]); @kept--;
        @bytes[%2$s] = sum(-(int64)$b.1); @blocks[%2$s] = sum((int64)-1);
      }
    """
        .formatted(address, site("$b", 2));
  }

  /** A mapping may be given back in part, from its start. */
  private static String unmapped() {
    return """
      $u = @at[(uint64)arg0];
      if ($u.0 > (uint64)arg1) {
        delete(@at[(uint64)arg0]);
        @at[(uint64)(arg0 + arg1)] = ($u.0 - (uint64)arg1, $u.1 - (uint64)arg1, %1$s);
        @bytes[%1$s] = sum(-(int64)arg1);
      } else {
    %2$s  }
    """
        .formatted(site("$u", 2), struck("arg0"));
  }

  private String exit(String function) {
    boolean moves = MOVING.contains(function);
    return """
      $t = (uint64)curtask; $c = @call[$t];
      if ($c.0 != 0 && (uint64)reg("sp") == $c.0 + %d) {
        delete(@call[$t]);
        $ok = %s;
    %s    if ($ok) {
          $p = (uint64)%s;
    %s      if ($c.1 != 0) {
            if (@kept < %d) {
              @kept++;
              @at[$p] = ($c.1, $c.2, %s);
              @bytes[%s] = sum((int64)$c.2); @blocks[%s] = sum((int64)1);
            } else { @leftout++; }
          }
        }
      }
    """
        .formatted(
            architecture.returnTakes(),
            worked(function),
            moves ? "    if ($ok || $c.1 == 0) {\n" + struck("@old[$t]") + "    }\n" : "",
            function.equals("posix_memalign") ? "*(uint64*)@into[$t]" : "retval",
            // Mapped over another one, or its end was missed.
            struck("$p"),
            BLOCKS,
            site("$c", 3),
            site("$c", 3),
            site("$c", 3));
  }

  private static String worked(String function) {
    return switch (function) {
      case "posix_memalign" -> "retval == 0";
      case "mmap", "mremap" -> "(int64)retval != -1";
      default -> "retval != 0";
    };
  }

  /** Kind and callers, from the given part of a tuple on. */
  private static String site(String tuple, int first) {
    return IntStream.range(first, first + 5)
        .mapToObj(part -> tuple + "." + part)
        .collect(Collectors.joining(", "));
  }
}

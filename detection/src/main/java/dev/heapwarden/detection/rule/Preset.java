package dev.heapwarden.detection.rule;

import dev.heapwarden.detection.sample.RuntimeKind;
import dev.heapwarden.detection.verdict.Layer;
import dev.heapwarden.detection.verdict.Witness;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Rule sets for the runtimes, written as a user would write them.
 *
 * <p>Figures that they share: a rise is a leak only beyond the interval's low end of 0 <em>and</em>
 * at a size that matters, 5 % of the level and 1 MiB, since with enough points any drift becomes
 * significant; and only while no quarter of the trend, nor its end, falls below a quarter of its
 * mean pace, which a step of load, a cache that has filled and a saw-tooth all do. At a tenth of it
 * the rise has stopped.
 *
 * <p>For Confirmed it must not slow down, as what fills does: the later half rises at three
 * quarters of the whole's pace at least. It must not follow load that comes and goes either: the
 * later half lies above the earlier, and rises beyond the interval's low end of 0 by itself, but
 * not all alone. Uneven growth, whose interval is wide, is told by its size: three quarters of the
 * level.
 */
public enum Preset {
  GO(RuntimeKind.GO),
  JVM(RuntimeKind.JVM),
  NATIVE(RuntimeKind.NATIVE);

  private static final String LIVE_HEAP_LASTS =
      "live_heap_growth >= 0.05 && live_heap_rise >= 1.0 * MB && live_heap_late_pace >= 0.75"
          + " && live_heap_new_high >= 0.25"
          + " && (live_heap_slope_low > 0.0 && live_heap_late_slope_low > 0.0"
          + " && live_heap_late_pace <= 1.5 && live_heap_gap >= 0.1"
          + " || live_heap_growth >= 0.75 && live_heap_gap >= 0.15 && live_heap_latest_pace >= 0.25)";

  private static final PresetRule ANONYMOUS_TREND =
      new PresetRule(
          "anonymous-trend",
          Layer.KERNEL,
          Optional.of(Witness.Kind.ANONYMOUS_MEMORY),
          "anonymous_slope_low > 0.0 && anonymous_growth >= 0.05 && anonymous_rise >= 1.0 * MB"
              + " && anonymous_steadiness >= 0.25 && anonymous_latest_pace >= 0.25",
          "anonymous_growth >= 0.05 && anonymous_rise >= 1.0 * MB && anonymous_late_pace >= 0.75"
              + " && anonymous_new_high >= 0.25"
              + " && (anonymous_slope_low > 0.0 && anonymous_late_slope_low > 0.0"
              + " && anonymous_late_pace <= 1.5 && anonymous_gap >= 0.1"
              + " || anonymous_growth >= 0.75 && anonymous_gap >= 0.15 && anonymous_latest_pace >= 0.25)",
          "",
          2);

  /**
   * Pages that the program touches for the first time, while it grows for a seventh of the trend
   * horizon beside a heap that does not. A heap that is only lazily given back, and one that the
   * collector lets grow, have grown to their size by then.
   */
  private static final String TOUCHED =
      "anonymous_lasted >= 0.14 && anonymous_growth >= 0.15 && anonymous_new_high >= 0.25"
          + " && page_fault_rate * 4.0 * KB >= 0.25 * anonymous_slope";

  /**
   * Files in memory that grow as long beside a heap that cannot be in them. What is written to one
   * by a system call is no page fault.
   */
  private static final PresetRule SHARED_MEMORY =
      besideTheHeap(
          "shared-memory",
          Layer.KERNEL,
          Witness.Kind.SHARED_MEMORY,
          "anonymous_lasted >= 0.14 && anonymous_growth >= 0.15 && anonymous_new_high >= 0.25"
              + " && shared_memory_growth_rate >= 0.5 * anonymous_slope");

  private static final PresetRule OPEN_FILES =
      besideTheHeap(
          "open-files",
          Layer.KERNEL,
          Witness.Kind.OPEN_FILES,
          "open_files_gained >= 50.0 && open_files_gained >= 0.25 * open_files");

  private static final PresetRule KERNEL_MEMORY =
      besideTheHeap(
          "kernel-memory",
          Layer.KERNEL,
          Witness.Kind.KERNEL_MEMORY,
          "kernel_memory_gained >= 1.0 * MB && kernel_memory_gained >= 0.25 * kernel_memory");

  /**
   * One window is enough for the live heap and the maps, whose trend already outlasts a window and
   * must rise in each of its quarters; asking again one window earlier would mostly ask the same
   * points. Anonymous memory is asked twice: a Go heap grows in steps, goal by goal, and may look
   * steady for a while. Flat anonymous memory does not contradict: a heap that is resident already
   * (grown before, and not yet given back) leaks without a new page. A map that is silent does not
   * contradict either: not every leak is a map. A live heap that has stopped rising does: it
   * measures all that the program still reaches.
   *
   * <p>Below 500 entries the growth of a map is set-up: registries, routes, connection pools; so is
   * a rise of less than 50 goroutines or open files. That they are flat does not contradict, and
   * goroutines are asked twice, as they come and go with the load. A heap that grows is collected
   * less often. Where it is collected more often, more load came that may go again: then the live
   * heap is not sure, unless a limit (GOMEMLIMIT) keeps the heap from growing and most of it is
   * live. A mark termination of more than 5 ms beside a live heap that does not fall back is what a
   * leak looks like at its end; pauses alone are what a crowded machine looks like.
   */
  private static final List<PresetRule> GO_RULES =
      List.of(
          liveHeapTrend(
              LIVE_HEAP_LASTS
                  + " && (gc_rate_growth <= 0.15 || live_heap_share > 0.67) && live_heap_rise >="
                  + " 4.0 * allocation_growth * (live_heap - 0.75 * live_heap_rise)"),
          ANONYMOUS_TREND,
          new PresetRule(
              "map-growth",
              Layer.APPLICATION,
              Optional.of(Witness.Kind.MAP_GROWTH),
              "map_growth_rate > 0.0 && map_growth >= 0.1 && map_entries >= 500.0",
              "",
              "",
              1),
          new PresetRule(
              "goroutine-growth",
              Layer.APPLICATION,
              Optional.of(Witness.Kind.GOROUTINES),
              "goroutine_growth_rate_low > 0.0 && goroutine_growth >= 0.1 && goroutine_rise >= 50.0"
                  + " && goroutine_steadiness >= 0.25 && goroutine_latest_pace >= 0.25",
              "",
              "",
              2),
          pageFaults(TOUCHED + " && anonymous_rise >= 5.0 * live_heap_rise_meanwhile"),
          SHARED_MEMORY,
          OPEN_FILES,
          KERNEL_MEMORY,
          new PresetRule(
              "mark-termination",
              Layer.RUNTIME,
              Optional.empty(),
              "mark_termination > 0.005 && live_heap_growth >= 0.05 && live_heap_latest_pace >="
                  + " 0.25",
              "",
              "",
              1));

  /**
   * The live heap is the old generation at its lowest between two collections that clean it. A heap
   * that was touched before (Xms = Xmx, AlwaysPreTouch) leaks without a new page, so flat anonymous
   * memory does not contradict here either. What it does do is collect ever more often: less and
   * less room is left. By half the rise relative to the later half's room it does so under even
   * load; beyond twice that more load came. Classes are counted only on suspicion. Their growth,
   * and that of the cadence, confirms nothing without the live heap's: counts hold garbage too, and
   * load that rises collects more often. Below 500 instances the growth of a class is set-up; one
   * of requests in flight does not rise from count to count. So is less than 10 threads. Long
   * pauses and a swinging old generation are what a leak looks like at its end; also what a busy
   * healthy program looks like: a suspicion, and no witness.
   */
  private static final List<PresetRule> JVM_RULES =
      List.of(
          liveHeapTrend(LIVE_HEAP_LASTS),
          ANONYMOUS_TREND,
          new PresetRule(
              "class-growth",
              Layer.APPLICATION,
              Optional.of(Witness.Kind.CLASS_GROWTH),
              "class_growth_rate > 0.0 && class_growth >= 0.05 && class_instances >= 500.0",
              "",
              "",
              1),
          new PresetRule(
              "collection-cadence",
              Layer.RUNTIME,
              Optional.of(Witness.Kind.COLLECTION_CADENCE),
              "gc_rate_growth >= 0.25 && live_heap_slope_low > 0.0 && live_heap_growth >= 0.05"
                  + " && gc_rate_growth * (heap_limit - live_heap + 0.25 * live_heap_rise)"
                  + " <= live_heap_rise",
              "",
              "",
              1),
          besideTheHeap(
              "metaspace-growth",
              Layer.RUNTIME,
              Witness.Kind.METASPACE,
              "metaspace_gained >= 1.0 * MB && metaspace_gained >= 0.05 * metaspace"),
          besideTheHeap(
              "thread-growth", Layer.RUNTIME, Witness.Kind.THREADS, "threads_gained >= 10.0"),
          besideTheHeap(
              "direct-memory",
              Layer.RUNTIME,
              Witness.Kind.DIRECT_MEMORY,
              "direct_memory_gained >= 1.0 * MB && direct_memory_gained >= 0.05 * direct_memory"),
          pageFaults(
              TOUCHED
                  + " && anonymous_rise >= 2.0 * live_heap_rise_meanwhile"
                  + " && anonymous_memory > 1.5 * heap_limit"),
          OPEN_FILES,
          KERNEL_MEMORY,
          new PresetRule(
              "pause-and-growth",
              Layer.RUNTIME,
              Optional.empty(),
              "avg_pause_ratio > 0.08 && old_gen_growth_rate > 12.0 * MB",
              "",
              "",
              1));

  /**
   * Nobody says what such a program still reaches, so it takes longer: pools and arenas have filled
   * by then.
   */
  private static final List<PresetRule> NATIVE_RULES =
      List.of(ANONYMOUS_TREND, pageFaults(TOUCHED), SHARED_MEMORY, OPEN_FILES, KERNEL_MEMORY);

  private final RuntimeKind runtime;

  Preset(RuntimeKind runtime) {
    this.runtime = runtime;
  }

  /** As a policy names it, such as {@code go}. */
  public String presetName() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Containers of another runtime are not asked its rules. */
  public RuntimeKind runtime() {
    return runtime;
  }

  public List<PresetRule> rules() {
    return switch (this) {
      case GO -> GO_RULES;
      case JVM -> JVM_RULES;
      case NATIVE -> NATIVE_RULES;
    };
  }

  /** Of a runtime whose live heap is known after collections. */
  private static PresetRule liveHeapTrend(String confirms) {
    return new PresetRule(
        "live-heap-trend",
        Layer.APPLICATION,
        Optional.of(Witness.Kind.POST_GC_LIVE_HEAP),
        "live_heap_slope_low > 0.0 && live_heap_growth >= 0.05 && live_heap_rise >= 1.0 * MB"
            + " && live_heap_steadiness >= 0.25 && live_heap_latest_pace >= 0.25",
        confirms,
        "live_heap_growth_high < 0.05 || live_heap_latest_pace < 0.1",
        1);
  }

  private static PresetRule pageFaults(String supports) {
    return besideTheHeap("page-faults", Layer.KERNEL, Witness.Kind.PAGE_FAULTS, supports);
  }

  private static PresetRule besideTheHeap(
      String name, Layer layer, Witness.Kind witness, String supports) {
    return new PresetRule(name, layer, Optional.of(witness), supports, "", "", 1);
  }

  static Optional<Preset> named(String name) {
    return Arrays.stream(values()).filter(preset -> preset.presetName().equals(name)).findFirst();
  }

  static List<String> names() {
    return Arrays.stream(values()).map(Preset::presetName).toList();
  }
}

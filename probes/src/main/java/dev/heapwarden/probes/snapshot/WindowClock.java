package dev.heapwarden.probes.snapshot;

import java.time.Duration;

/**
 * When a window of bpftrace ends, by the kernel's clock. An interval as long as the window would do
 * it once and may be missed: one that comes while another probe runs on its CPU is left out
 * (kernel/events/core.c, __perf_event_overflow and bpf_overflow_handler, Linux 6.18), and the
 * window would last twice as long.
 */
final class WindowClock {
  /** For BEGIN. */
  static final String STARTED = "@since = nsecs;";

  private static final long TICK_MILLIS = 20;

  private WindowClock() {}

  /**
   * A clause that does something at each tick.
   *
   * @param done may speak of the nanoseconds since the window began as {@code $age}
   */
  static String atEachTick(String done) {
    return "interval:ms:%d { $age = (uint64)nsecs - @since; %s }\n".formatted(TICK_MILLIS, done);
  }

  /** Whether so much of it is over. */
  static String isOver(Duration time) {
    return "$age >= " + time.toNanos();
  }
}

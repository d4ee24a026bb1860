package dev.heapwarden.probes.sample;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.function.LongSupplier;

/**
 * Turns bpftrace's nanoseconds into wall-clock time. Both are CLOCK_MONOTONIC on Linux:
 * bpf_ktime_get_ns(), and System.nanoTime() in HotSpot's os_posix.cpp.
 */
public record WallClock(InstantSource wall, LongSupplier monotonic) {
  public static WallClock system() {
    return new WallClock(InstantSource.system(), System::nanoTime);
  }

  public Instant now() {
    return wall.instant();
  }

  public Instant at(long nanos) {
    return wall.instant().minus(Duration.ofNanos(monotonic.getAsLong() - nanos));
  }
}

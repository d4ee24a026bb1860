package dev.heapwarden.probes.cost;

import java.time.Duration;

/**
 * CPU time that one hit takes from the program that is hit, in nanoseconds. Measured with bpftrace
 * 0.23.2 on Linux 6.18, 2 cores, in a nested virtual machine, by CPU time of a program per call
 * with and without the probe: a machine without hypervisors pays less, so the budget errs to the
 * program's side. {@code e2e/bench/overhead} compares them with measured CPU time.
 */
public final class HitCost {
  /**
   * A uprobe on an instruction that the kernel carries out itself, with a count in a map: 0.8 to
   * 1.5 us measured.
   */
  public static final long UPROBE = 1_500;

  /** A uprobe on an instruction that is stepped, by a second trap: 15 to 18 us measured. */
  public static final long STEPPED_UPROBE = 18_000;

  /** What it takes besides to tell a hit with its return addresses: 3.5 us measured. */
  public static final long TOLD = 3_500;

  /**
   * What it takes besides to count a write to a map by its callers, with the last operations on it.
   */
  public static final long WRITTEN = 2_500;

  /** A page fault counted at the raw tracepoint: 0.3 to 0.5 us measured. */
  public static final long PAGE_FAULT = 500;

  /**
   * An answer of an endpoint, however short: 1.1 to 1.3 ms measured of client_golang 1.25, whose
   * process collector reads /proc, and 0.2 to 0.4 ms of expvar (Go 1.26).
   */
  public static final long ANSWER = 1_000_000;

  /** What each KiB of it takes besides: 13 to 20 us measured, of 48 KiB to 4 MiB. */
  public static final long ANSWERED_KIB = 20_000;

  /** What it takes besides to follow a malloc to its return and note its block: 2 us measured. */
  public static final long NOTED = 2_500;

  /** An allocation of the kernel's, told with its stack and its size: 2.8 to 3.5 us measured. */
  public static final long KERNEL_ALLOCATION = 3_500;

  private HitCost() {}

  /** What it takes a program to answer. */
  public static Duration ofAnswer(long bytes) {
    return Duration.ofNanos(ANSWER + bytes * ANSWERED_KIB / 1_024);
  }
}

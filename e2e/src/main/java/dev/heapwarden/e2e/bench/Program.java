package dev.heapwarden.e2e.bench;

import dev.heapwarden.detection.sample.ContainerKey;
import dev.heapwarden.detection.sample.MapInstance;
import dev.heapwarden.detection.sample.Origin;
import dev.heapwarden.detection.sample.Sample;
import dev.heapwarden.detection.sample.Signal;
import dev.heapwarden.detection.sample.Subject;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One made-up program and what is measured of it at each reading; noise is a hash of both. */
record Program(ContainerKey key, boolean go, boolean leaks, int seed) {
  private static final double MIB = 1 << 20;
  private static final double LIMIT = 512 * MIB;

  /** About two per cent of the limit in an hour. */
  private static final double LEAK_PER_READING = 0.02 * LIMIT / 240;

  private static final int READINGS_PER_EVENT = 8;

  void read(int reading, Instant at, List<Sample> told) {
    double lost = leaks ? LEAK_PER_READING * reading : 0;
    add(
        told,
        at,
        Origin.CGROUP,
        Map.of(
            Signal.ANONYMOUS_MEMORY,
            (200 * MIB + lost) * noisy(reading, 1),
            Signal.WORKING_SET,
            (260 * MIB + lost) * noisy(reading, 2),
            Signal.MEMORY_LIMIT,
            LIMIT),
        null);
    add(told, at, Origin.PAGE_FAULT_TRACEPOINT, Map.of(Signal.PAGE_FAULTS, 120.0 * reading), null);
    if (go) {
      readGo(reading, at, 60 * MIB + lost, told);
    } else {
      readJvm(reading, at, 90 * MIB + lost, told);
    }
  }

  private void readGo(int reading, Instant at, double live, List<Sample> told) {
    add(
        told,
        at,
        Origin.GO_GC_UPROBE,
        Map.of(
            Signal.POST_GC_LIVE_HEAP,
            live * noisy(reading, 3),
            Signal.COLLECTIONS,
            (double) reading),
        null);
    if (leaks && isEvent(reading)) {
      int map = reading / READINGS_PER_EVENT % 3;
      var instance =
          new MapInstance(7, "0xc00012" + map, "main.handle", "main.go:4" + map, "map[string]int");
      add(told, at, Origin.GO_MAP_UPROBE, Map.of(Signal.MAP_ENTRIES, 900.0 + reading), instance);
    }
  }

  private void readJvm(int reading, Instant at, double live, List<Sample> told) {
    add(
        told,
        at,
        Origin.HSPERFDATA,
        Map.of(
            Signal.HEAP_LIMIT,
            384 * MIB,
            Signal.METASPACE,
            (48 + 0.001 * (reading % 7)) * MIB,
            Signal.THREADS,
            40.0 + (seed + reading) % 3,
            Signal.LOADED_CLASSES,
            (double) (9_000 + reading / 100),
            Signal.GC_PAUSE_TIME,
            0.01 * reading,
            Signal.OLD_GENERATION,
            live * (1 + 0.02 * (reading % READINGS_PER_EVENT)),
            Signal.COLLECTIONS,
            events(reading)),
        null);
    if (isEvent(reading)) {
      add(
          told,
          at,
          Origin.HSPERFDATA,
          Map.of(
              Signal.POST_GC_LIVE_HEAP,
              live * noisy(reading, 4),
              Signal.COLLECTIONS,
              events(reading)),
          null);
    }
  }

  private static double events(int reading) {
    return Math.floorDiv(reading, READINGS_PER_EVENT);
  }

  private boolean isEvent(int reading) {
    return (reading + seed) % READINGS_PER_EVENT == 0;
  }

  /** A factor within two per cent of one. */
  private double noisy(int reading, int stream) {
    long mixed = (seed * 31L + stream) * 0x9E3779B97F4A7C15L + reading * 0xD1B54A32D192ED03L;
    mixed = (mixed ^ (mixed >>> 32)) * 0xD6E8FEB86659FD93L;
    return 0.98 + 0.04 * ((mixed >>> 40) / (double) (1 << 24));
  }

  private void add(
      List<Sample> told,
      Instant at,
      Origin origin,
      Map<Signal, Double> values,
      @Nullable Subject subject) {
    told.add(new Sample(told.size() + 1L, at, key, origin, values, subject));
  }
}

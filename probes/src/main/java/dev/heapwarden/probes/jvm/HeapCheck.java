package dev.heapwarden.probes.jvm;

import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;

/**
 * Whether a program can live in a largest heap, and its container with it.
 *
 * @param jvm as it runs now
 * @param memoryLimit of the container, bytes
 * @param counters of the JVM, where it has any
 */
record HeapCheck(JvmFlags jvm, OptionalLong memoryLimit, Optional<JvmCounters> counters) {
  /** A JVM needs that much to start. */
  private static final long SMALLEST = 16L << 20;

  /**
   * What collections leave must fit into two thirds of the heap: NewRatio is 2. G1 keeps less back,
   * a reserve of 10 % and 5 % for the young generation. JDK 17 and 25,
   * src/hotspot/share/gc/shared/gc_globals.hpp and gc/g1/g1_globals.hpp.
   */
  private static final double ROOM = 1.5;

  /** The default of MaxHeapSize, ScaleForWordSize(96*M): JDK 17 and 25, gc_globals.hpp. */
  private static final double DEFAULT_LARGEST = 96.0 * (1 << 20) * 13 / 10;

  /** Why the largest heap must not be so many bytes; empty when it may. */
  Optional<String> bytes(double size) {
    if (memoryLimit.isPresent() && size >= memoryLimit.getAsLong()) {
      return Optional.of(
          "a heap of %.0f bytes does not fit into the container's limit of %d bytes"
              .formatted(size, memoryLimit.getAsLong()));
    }
    if (size < SMALLEST) {
      return Optional.of("a heap of %.0f bytes is too small to start with".formatted(size));
    }
    return Stream.of("InitialHeapSize", "MinHeapSize")
        .filter(name -> jvm.flag(name).filter(JvmFlags.Flag::isChosen).isPresent())
        .filter(name -> jvm.number(name).filter(least -> least > size).isPresent())
        .map(name -> "smaller than its %s: the JVM would not start".formatted(name))
        .findFirst()
        .or(() -> tooSmall(size));
  }

  /** Why the largest heap must not be so many percent of the memory; empty when it may. */
  Optional<String> percentage(double percent) {
    return memory()
        .map(memory -> bytes(largest(percent, memory)))
        .orElseGet(() -> Optional.of("it is not known how much memory the JVM sees"));
  }

  private Optional<String> tooSmall(double size) {
    if (counters.isEmpty()) {
      return Optional.of("its live heap is not known: it has no counters");
    }
    var liveHeap = counters.get().liveHeap();
    if (liveHeap.isEmpty()) {
      return Optional.of(
          "its live heap is not known: "
              + counters.get().notLive().orElse("it has not collected yet"));
    }
    long live = liveHeap.getAsLong();
    return size < live * ROOM
        ? Optional.of(
            ("a heap of %.0f bytes is too small for this program: the latest collection left %d"
                    + " bytes, and they need a heap half as large again")
                .formatted(size, live))
        : Optional.empty();
  }

  /** What the JVM counts percentages of: never more than MaxRAM, never more than the container. */
  private Optional<Double> memory() {
    if (memoryLimit.isEmpty()) {
      // Where nobody chose the heap, the JVM itself says what it made of its percentage.
      return jvm.number("MaxHeapSize")
          .flatMap(heap -> jvm.number("MaxRAMPercentage").map(percent -> heap * 100 / percent));
    }
    double limit = memoryLimit.getAsLong();
    return Optional.of(jvm.number("MaxRAM").map(most -> Math.min(most, limit)).orElse(limit));
  }

  /**
   * In little memory MinRAMPercentage counts instead: JDK 17 and 25,
   * src/hotspot/share/runtime/arguments.cpp, Arguments::set_heap_size.
   */
  private double largest(double percent, double memory) {
    double inLittle = memory * jvm.number("MinRAMPercentage").orElse(50.0) / 100;
    return inLittle < DEFAULT_LARGEST
        ? inLittle
        : Math.max(memory * percent / 100, DEFAULT_LARGEST);
  }
}

package dev.heapwarden.probes.jvm;

import java.util.OptionalLong;
import java.util.regex.Pattern;
import java.util.stream.DoubleStream;

/**
 * What GC.heap_info printed, each collector in its own words (JDK 17 and 25, print_on and
 * print_heap_on of the heaps in src/hotspot/share/gc): generations with the bytes used, then
 * Metaspace, which is no heap.
 */
public final class HeapInfo {
  /** Shenandoah puts the figure before the word. */
  private static final Pattern USED =
      Pattern.compile("\\bused (\\d+)([BKMGT])|\\b(\\d+)([BKMGT]) used\\b");

  private static final String UNITS = "BKMGT";

  private HeapInfo() {}

  /** Bytes of the objects in the heap, garbage included; empty when it does not say. */
  public static OptionalLong used(String text) {
    var used =
        text.lines()
            .takeWhile(line -> !line.strip().startsWith("Metaspace"))
            .flatMap(line -> USED.matcher(line).results())
            .mapToDouble(
                match ->
                    match.group(1) == null
                        ? bytes(match.group(3), match.group(4))
                        : bytes(match.group(1), match.group(2)))
            .toArray();
    return used.length == 0
        ? OptionalLong.empty()
        : OptionalLong.of((long) DoubleStream.of(used).sum());
  }

  /** As a double: whatever the JVM claims overflows nothing. */
  private static double bytes(String number, String unit) {
    return Double.parseDouble(number) * (1L << (10 * UNITS.indexOf(unit)));
  }
}

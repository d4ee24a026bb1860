package dev.heapwarden.probes.snapshot;

import static java.util.stream.Collectors.toMap;
import static java.util.stream.Collectors.toSet;

import dev.heapwarden.crds.snapshot.HolderReport;
import dev.heapwarden.probes.gomemory.HeapHolder;
import dev.heapwarden.probes.gomemory.HeapHolders;
import java.io.IOException;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Who holds a heap, and who gained.
 *
 * @param seconds between the two readings
 * @param heapInUse bytes of the spans that hold objects at the end, garbage included
 * @param bytes of the objects that somebody holds at the end
 * @param cut whether a limit was reached before the whole heap was followed, in either of them
 * @param holders fastest growing first, then by their bytes
 */
record HeldGrowth(
    long pid,
    double seconds,
    long heapInUse,
    long bytes,
    long objects,
    boolean cut,
    List<HolderReport> holders) {
  private static final int IN_FILE = 200;

  private static final Comparator<HolderReport> FASTEST =
      Comparator.<HolderReport>comparingDouble(HeldGrowth::growth)
          .thenComparingLong(HolderReport::bytes)
          .reversed();

  HeldGrowth {
    holders = List.copyOf(holders);
  }

  /** Reads how much of their elements' room variables use, by the types of them. */
  interface Use {
    Map<String, Double> of(Map<String, String> types) throws IOException;
  }

  /** A variable, or all goroutines of a function. */
  private record Key(HeapHolder.Kind kind, String name) {
    Key(HeapHolder holder) {
      this(holder.kind(), holder.name());
    }
  }

  /**
   * Compares two readings.
   *
   * @param between their beginnings
   */
  static HeldGrowth of(long pid, HeapHolders first, HeapHolders last, Duration between) {
    double seconds = between.toNanos() / 1e9;
    boolean cut = first.cut() || last.cut();
    var before = first.holders().stream().collect(toMap(Key::new, HeapHolder::bytes, Long::sum));
    return new HeldGrowth(
        pid,
        seconds,
        last.heapInUse(),
        last.bytes(),
        last.objects(),
        cut,
        last.holders().stream()
            .map(held -> report(held, last.bytes(), cut ? null : gained(held, before) / seconds))
            .sorted(FASTEST)
            .limit(IN_FILE)
            .toList());
  }

  /** The same with the types of the variables that people see first. */
  HeldGrowth typed(Function<Set<String>, Map<String, String>> types, int first) {
    var names =
        holders.stream()
            .limit(first)
            .filter(holder -> holder.kind() == HolderReport.Kind.VARIABLE)
            .map(HolderReport::name)
            .collect(toSet());
    var known = types.apply(names);
    return changing(
        holder ->
            holder.kind() == HolderReport.Kind.VARIABLE
                ? holder.ofType(known.get(holder.name()))
                : holder);
  }

  /** The same with what the elements of variables use, by what is told of their types. */
  HeldGrowth using(Use use) throws IOException {
    var types =
        holders.stream()
            .filter(holder -> holder.type() != null)
            .collect(
                toMap(HolderReport::name, holder -> String.valueOf(holder.type()), (a, _) -> a));
    var told = types.isEmpty() ? Map.<String, Double>of() : use.of(types);
    return changing(
        holder -> told.containsKey(holder.name()) ? holder.using(told.get(holder.name())) : holder);
  }

  private HeldGrowth changing(UnaryOperator<HolderReport> change) {
    return new HeldGrowth(
        pid, seconds, heapInUse, bytes, objects, cut, holders.stream().map(change).toList());
  }

  private static long gained(HeapHolder held, Map<Key, Long> before) {
    return held.bytes() - before.getOrDefault(new Key(held), 0L);
  }

  private static double growth(HolderReport report) {
    var perSecond = report.bytesPerSecond();
    return perSecond == null ? 0 : Math.max(0, perSecond);
  }

  private static HolderReport report(HeapHolder held, long all, @Nullable Double perSecond) {
    return new HolderReport(
        HolderReport.Kind.valueOf(held.kind().name()),
        held.name(),
        null,
        held.bytes(),
        (double) held.bytes() / all,
        held.objects(),
        perSecond,
        held.depth(),
        null,
        held.sizes().stream()
            .map(size -> new HolderReport.Size(size.bytes(), size.objects()))
            .toList());
  }
}

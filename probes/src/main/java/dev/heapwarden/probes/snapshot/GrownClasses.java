package dev.heapwarden.probes.snapshot;

import dev.heapwarden.crds.snapshot.MemorySnapshotStatus;
import dev.heapwarden.crds.snapshot.MemorySnapshotStatus.ClassReport;
import dev.heapwarden.crds.snapshot.TellingClass;
import dev.heapwarden.probes.jvm.ClassHistogram.Count;
import dev.heapwarden.probes.sample.ClassCount;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;

/**
 * The classes that grew in both halves of a window, or since an earlier look; those that gained
 * most bytes first.
 */
final class GrownClasses {
  /** With those a JVM fills gaps between objects (JDK 19 and later, vmSymbols.hpp). */
  private static final String FILLER = "jdk.internal.vm.Filler";

  /** Of its instances, what a class may lose in a window: some of what is counted is garbage. */
  private static final double LOSS = 0.02;

  private static final Count NONE = new Count(0, 0, false);

  private GrownClasses() {}

  /**
   * Where there was an earlier look, the growth since then of what is still there; else of each
   * half of the window the lesser growth counts for both.
   *
   * @param counted at its start, in its middle and at its end
   */
  static List<ClassReport> of(Optional<ClassCount> earlier, List<ClassCount> counted) {
    var reports = new ArrayList<ClassReport>();
    counted
        .getLast()
        .histogram()
        .classes()
        .forEach(
            (name, count) -> {
              if (name.contains(FILLER)) {
                return;
              }
              double bytesPerSecond = growth(earlier, counted, name, Count::bytes);
              if (bytesPerSecond > 0) {
                reports.add(
                    new ClassReport(
                        name,
                        count.instances(),
                        count.bytes(),
                        bytesPerSecond,
                        Math.max(0, growth(earlier, counted, name, Count::instances)),
                        null,
                        count.platform()));
              }
            });
    reports.sort(Comparator.comparingDouble(ClassReport::bytesPerSecond).reversed());
    return reports;
  }

  private static double growth(
      Optional<ClassCount> earlier,
      List<ClassCount> counted,
      String name,
      ToLongFunction<Count> of) {
    var last = counted.getLast();
    if (earlier.isPresent()) {
      long first = of.applyAsLong(count(counted.getFirst(), name));
      boolean goes = of.applyAsLong(count(last, name)) < (1 - LOSS) * first;
      return goes ? 0 : perSecond(earlier.get(), last, name, of);
    }
    return Math.min(
        perSecond(counted.getFirst(), counted.get(1), name, of),
        perSecond(counted.get(1), last, name, of));
  }

  private static double perSecond(
      ClassCount before, ClassCount after, String name, ToLongFunction<Count> of) {
    return (of.applyAsLong(count(after, name)) - of.applyAsLong(count(before, name)))
        / (Duration.between(before.at(), after.at()).toNanos() / 1e9);
  }

  private static Count count(ClassCount counted, String name) {
    return counted.histogram().classes().getOrDefault(name, NONE);
  }

  /**
   * The same with those of each class that wait for their finalizer.
   *
   * @param waiting their number by class
   */
  static List<ClassReport> awaitingFinalizer(List<ClassReport> grown, Map<String, Long> waiting) {
    return grown.stream()
        .map(
            found ->
                new ClassReport(
                    found.className(),
                    found.instances(),
                    found.bytes(),
                    found.bytesPerSecond(),
                    found.instancesPerSecond(),
                    waiting.get(found.className()),
                    found.platform()))
        .toList();
  }

  /** Those that a status has room for, and beside them those by which a cause is told. */
  static List<ClassReport> told(List<ClassReport> grown) {
    int limit = MemorySnapshotStatus.CLASSES_LIMIT;
    return Stream.concat(
            grown.stream().limit(limit),
            grown.stream().skip(limit).filter(GrownClasses::tells).limit(limit))
        .toList();
  }

  private static boolean tells(ClassReport found) {
    return TellingClass.isOne(found.className()) || found.awaitingFinalizer() != null;
  }
}

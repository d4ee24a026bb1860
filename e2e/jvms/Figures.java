import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryUsage;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Holds some heap, threads and classes. For each line it reads it collects, and prints what the
 * JVM's own beans say then: NAME=NUMBER of each figure.
 */
public class Figures {
  /** ZGC counts in pages of 2 MiB, of which one or two are to be little. */
  private static final int HELD = 100_000;

  private static final int GARBAGE = 40_000;
  private static final int THREADS = 30;

  /** The figures of a collection may come a moment after it. */
  private static final long SETTLED_MILLIS = 100;

  static class Held {
    final byte[] bytes = new byte[1000];
  }

  private static final List<Held> HEAP = new ArrayList<>();
  private static volatile Held latest = new Held();

  public static void main(String[] arguments) throws Exception {
    for (int i = 0; i < HELD; i++) {
      HEAP.add(new Held());
    }
    for (int i = 0; i < THREADS; i++) {
      Thread thread = new Thread(Figures::sleep);
      thread.setDaemon(true);
      thread.start();
    }
    // What is held is old, and what is loaded for this is loaded, before anybody looks.
    System.gc();
    figures();
    System.out.println("ready");
    for (int next = System.in.read(); next >= 0; next = System.in.read()) {
      if (next == '\n') {
        collect();
        System.out.println(figures());
      }
    }
  }

  private static void collect() throws InterruptedException {
    for (int i = 0; i < GARBAGE; i++) {
      latest = new Held();
    }
    System.gc();
    Thread.sleep(SETTLED_MILLIS);
  }

  private static String figures() {
    return String.join(
        " ",
        "held=" + HEAP.size(),
        "old=" + old().map(MemoryUsage::getUsed).orElse(0L),
        "pauseMillis=" + pauseMillis(),
        "metaspace=" + pool("Metaspace").map(pool -> pool.getUsage().getUsed()).orElse(0L),
        "threads=" + ManagementFactory.getThreadMXBean().getThreadCount(),
        "classes=" + ManagementFactory.getClassLoadingMXBean().getLoadedClassCount());
  }

  /** The old generation after its latest collection, of collectors that have one. */
  private static Optional<MemoryUsage> old() {
    return List.of("Tenured Gen", "PS Old Gen", "G1 Old Gen", "ZGC Old Generation").stream()
        .flatMap(name -> pool(name).stream())
        .map(MemoryPoolMXBean::getCollectionUsage)
        .findFirst();
  }

  private static Optional<MemoryPoolMXBean> pool(String name) {
    return ManagementFactory.getMemoryPoolMXBeans().stream()
        .filter(pool -> pool.getName().equals(name))
        .findFirst();
  }

  /** Concurrent collectors have a bean for their cycles, beside one for the pauses in them. */
  private static long pauseMillis() {
    return ManagementFactory.getGarbageCollectorMXBeans().stream()
        .filter(bean -> !bean.getName().endsWith("Cycles"))
        .mapToLong(GarbageCollectorMXBean::getCollectionTime)
        .sum();
  }

  private static void sleep() {
    try {
      Thread.sleep(Long.MAX_VALUE);
    } catch (InterruptedException ended) {
      Thread.currentThread().interrupt();
    }
  }
}

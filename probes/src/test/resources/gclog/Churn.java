import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ArrayBlockingQueue;

/** Keeps 20 MB, throws far more away, some of it late, and says at its end how often it collected. */
public class Churn {
  static volatile Object sink;

  public static void main(String[] arguments) throws Exception {
    List<byte[]> kept = new ArrayList<>();
    Queue<byte[]> late = new ArrayBlockingQueue<>(800);
    for (int i = 0; i < Integer.parseInt(arguments[0]); i++) {
      var block = new byte[10_000];
      sink = block;
      if (i % 10 == 0) {
        if (kept.size() < 2_000) {
          kept.add(block);
        } else if (!late.offer(block)) {
          late.poll();
          late.offer(block);
        }
      }
      if (i % 10_000 == 9_999) {
        System.gc();
      }
    }
    for (var collector : java.lang.management.ManagementFactory.getGarbageCollectorMXBeans()) {
      System.out.printf(
          "%s: %d%n", collector.getName(), collector.getCollectionCount());
    }
  }
}

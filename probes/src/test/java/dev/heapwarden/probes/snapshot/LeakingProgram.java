package dev.heapwarden.probes.snapshot;

import dev.heapwarden.probes.jvm.JavaSource;

/** A Java program with several leaks, whose holders are known, and idle threads as asked for. */
final class LeakingProgram {
  /** Keys without equals in a cache, jobs in a queue that nobody drains, and a local list. */
  static final JavaSource SOURCE =
      new JavaSource(
          "Leaking",
          """
          import java.util.*;
          import java.util.concurrent.*;
          import java.util.concurrent.locks.LockSupport;
          public class Leaking {
            static class Key { final String shop = new String("hunter2"); final int number = 4711; }
            static class Job { final Map<String, String> tags = new HashMap<>(Map.of("a", "b")); }
            static class Local { long a; }
            static class Weak { long a; }
            static class Shelf { final ConcurrentMap<Integer, Boolean> books = new ConcurrentHashMap<>(); }
            static final Shelf SHELF = new Shelf();
            static final ConcurrentMap<Key, byte[]> CACHE = new ConcurrentHashMap<>();
            static final LinkedList<Job> QUEUE = new LinkedList<>();
            public static void main(String[] args) throws Exception {
              for (int i = 0; i < 5000; i++) { CACHE.put(new Key(), new byte[10]); }
              for (int i = 0; i < 3000; i++) { QUEUE.add(new Job()); }
              List<Local> local = new ArrayList<>();
              for (int i = 0; i < 20; i++) { local.add(new Local()); }
              Thread[] readers = new Thread[8];
              CyclicBarrier start = new CyclicBarrier(readers.length);
              for (int i = 0; i < readers.length; i++) {
                int first = 10_000 * i;
                readers[i] = new Thread(() -> {
                  try { start.await(); } catch (Exception impossible) { return; }
                  for (int j = 0; j < 10_000; j++) { SHELF.books.put(first + j, true); }
                });
                readers[i].start();
              }
              for (Thread reader : readers) { reader.join(); }
              Object[] many = new Object[Integer.getInteger("many", 0)];
              Arrays.setAll(many, i -> new Object());
              byte[] ballast = new byte[Integer.getInteger("ballast", 0) << 20];
              for (int i = 0; i < Integer.getInteger("threads", 0); i++) {
                Thread idle = new Thread(null, LockSupport::park, "idle-" + i, 256 << 10);
                idle.setDaemon(true);
                idle.start();
              }
              System.out.println("ready");
              System.in.read();
              System.out.println(local.size() + ballast.length + many.length);
            }
          }
          """);

  private LeakingProgram() {}
}

import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.invoke.MethodHandles;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.zip.Deflater;

/** Programs that have the JVM hold memory for them: classes, threads, buffers, finalizers, native memory. */
final class Held {
  private Held() {}

  /** Loaded anew for each plug-in. */
  static final class Plugin {
    final int[] settings = new int[16];

    int sum() {
      int sum = 0;
      for (int setting : settings) {
        sum += setting;
      }
      return sum;
    }
  }

  static byte[] pluginClass() throws IOException {
    try (InputStream in = Held.class.getResourceAsStream("Held$Plugin.class")) {
      return in.readAllBytes();
    }
  }

  static final class PluginLoader extends ClassLoader {
    Class<?> define(byte[] bytes) {
      return defineClass("Held$Plugin", bytes, 0, bytes.length);
    }
  }

  /** A class loader for each deployment of a plug-in; all are kept. */
  static final class Deployments implements Corpus.Program {
    private static final List<Class<?>> PLUGINS = new ArrayList<>();
    private final byte[] bytes = pluginClass();

    Deployments() throws IOException {}

    @Override
    public void request(int number) {
      if (Corpus.every(6, number)) {
        PLUGINS.add(new PluginLoader().define(bytes));
      }
    }
  }

  /** A class generated for each script that comes, as template and rule engines do. */
  static final class Scripts implements Corpus.Program {
    private final byte[] bytes = pluginClass();

    Scripts() throws IOException {}

    @Override
    public void request(int number) throws IllegalAccessException {
      if (Corpus.every(3, number)) {
        MethodHandles.lookup().defineHiddenClass(bytes, true, MethodHandles.Lookup.ClassOption.STRONG);
      }
    }
  }

  /** Direct buffers for uploads, kept by a list. */
  static final class Uploads implements Corpus.Program {
    private static final List<ByteBuffer> BUFFERS = new ArrayList<>();

    @Override
    public void request(int number) {
      if (Corpus.every(16, number)) {
        BUFFERS.add(touched(16 * Corpus.KIB));
      }
    }
  }

  /** A pool of direct buffers to which nobody gives one back. */
  static final class BufferPool implements Corpus.Program {
    private static final Queue<ByteBuffer> FREE = new ArrayDeque<>();
    private static final Map<Integer, ByteBuffer> TAKEN = new HashMap<>();

    @Override
    public void request(int number) {
      if (Corpus.every(64, number)) {
        ByteBuffer free = FREE.poll();
        TAKEN.put(number, free == null ? touched(64 * Corpus.KIB) : free);
      }
    }
  }

  static ByteBuffer touched(int bytes) {
    ByteBuffer buffer = ByteBuffer.allocateDirect(bytes);
    for (int i = 0; i < bytes; i += 1024) {
      buffer.put(i, (byte) 1);
    }
    return buffer;
  }

  /** A thread for each client, which waits for one that has gone. */
  static final class ClientThreads implements Corpus.Program {
    @Override
    public void request(int number) {
      if (Corpus.every(64, number)) {
        Thread thread = new Thread(ClientThreads::await, "client-" + number);
        thread.setDaemon(true);
        thread.start();
      }
    }

    private static void await() {
      try {
        new CountDownLatch(1).await();
      } catch (InterruptedException end) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** A scheduler for each order, and none is shut down. */
  static final class Schedulers implements Corpus.Program {
    @Override
    public void request(int number) {
      if (Corpus.every(64, number)) {
        ScheduledExecutorService scheduler = Executors.newScheduledThreadPool(1);
        scheduler.schedule(() -> {}, 1, TimeUnit.MILLISECONDS);
      }
    }
  }

  /** Four workers, each with the records of all its requests in a ThreadLocal. */
  static final class WorkerRecords implements Corpus.Program {
    record Visit(int request, byte[] notes) {}

    private static final ThreadLocal<List<Visit>> RECORDS = ThreadLocal.withInitial(ArrayList::new);
    private final ExecutorService workers = Executors.newFixedThreadPool(4);

    @Override
    public void request(int number) {
      workers.execute(() -> RECORDS.get().add(new Visit(number, new byte[930])));
    }
  }

  /** A ThreadLocal for each formatter, set and never removed on a thread that never ends. */
  static final class Formatters implements Corpus.Program {
    static final class Formatter {
      final ThreadLocal<byte[]> buffer = ThreadLocal.withInitial(() -> new byte[850]);
    }

    private static final List<Formatter> FORMATTERS = new ArrayList<>();
    private final ExecutorService worker = Executors.newSingleThreadExecutor();

    @Override
    public void request(int number) {
      Formatter formatter = new Formatter();
      FORMATTERS.add(formatter);
      worker.execute(formatter.buffer::get);
    }
  }

  /** Finalizers that take longer than objects take to come. */
  static final class SlowFinalizers implements Corpus.Program {
    @SuppressWarnings("removal")
    static final class Handle {
      final byte[] state = new byte[900];

      @Override
      protected void finalize() throws InterruptedException {
        Thread.sleep(500);
      }
    }

    @Override
    public void request(int number) {
      Handle handle = new Handle();
      Corpus.scratch = handle.state;
    }
  }

  /** A finalizer that waits for ever, and all others behind it. */
  static final class StuckFinalizer implements Corpus.Program {
    @SuppressWarnings("removal")
    static final class Resource {
      final byte[] state = new byte[900];

      @Override
      protected void finalize() throws InterruptedException {
        new CountDownLatch(1).await();
      }
    }

    @Override
    public void request(int number) {
      Resource resource = new Resource();
      Corpus.scratch = resource.state;
    }
  }

  /** Compressors that nobody ends: each holds 256 KiB outside the heap. */
  static final class Compressors implements Corpus.Program {
    private static final List<Deflater> DEFLATERS = new ArrayList<>();

    @Override
    public void request(int number) {
      if (Corpus.every(128, number)) {
        Deflater deflater = new Deflater();
        deflater.setInput(new byte[64 * Corpus.KIB]);
        deflater.deflate(new byte[Corpus.KIB]);
        DEFLATERS.add(deflater);
      }
    }
  }

  /** Native memory that is to live as long as the program does, by mistake. */
  static final class GlobalArena implements Corpus.Program {
    @Override
    public void request(int number) {
      if (Corpus.every(16, number)) {
        Arena.global().allocate(16 * Corpus.KIB).fill((byte) 1);
      }
    }
  }
}

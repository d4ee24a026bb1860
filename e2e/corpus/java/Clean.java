import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;

/** Programs that do not leak, and look as if they did, by what the JVM or the kernel holds for them. */
final class Clean {
  private Clean() {}

  /** Holds what requests in flight hold, and nothing else. */
  static final class Plain implements Corpus.Program {
    @Override
    public void request(int number) {
      Corpus.scratch = new byte[Corpus.KIB];
    }
  }

  /** Loads its 1,500 classes as they are first asked for. */
  static final class WarmUp implements Corpus.Program {
    private static final List<Class<?>> CLASSES = new ArrayList<>();
    private final byte[] bytes = Held.pluginClass();

    WarmUp() throws IOException {}

    @Override
    public void request(int number) {
      if (Corpus.every(8, number) && CLASSES.size() < 1_500) {
        CLASSES.add(new Held.PluginLoader().define(bytes));
      }
    }
  }

  /** Needs 16 MiB for a moment, now and then. */
  static final class Report implements Corpus.Program {
    @Override
    public void request(int number) {
      if (Corpus.every(4_000, number)) {
        List<byte[]> pages = new ArrayList<>();
        for (int page = 0; page < 512; page++) {
          pages.add(new byte[32 * Corpus.KIB]);
        }
        Corpus.scratch = pages.getLast();
      }
    }
  }

  /** A pool of threads that is full after 150. */
  static final class ThreadPool implements Corpus.Program {
    private static final BlockingQueue<byte[]> QUEUE = new ArrayBlockingQueue<>(64);
    private int threads;

    @Override
    public void request(int number) {
      if (Corpus.every(40, number) && threads < 150) {
        threads++;
        Thread thread = new Thread(ThreadPool::work);
        thread.setDaemon(true);
        thread.start();
      }
      QUEUE.offer(new byte[Corpus.KIB]);
    }

    private static void work() {
      try {
        while (true) {
          Corpus.scratch = QUEUE.take();
        }
      } catch (InterruptedException end) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** A ring of direct buffers, made as they are first needed. */
  static final class DirectRing implements Corpus.Program {
    private static final ByteBuffer[] RING = new ByteBuffer[256];

    @Override
    public void request(int number) {
      int slot = number / 32 % RING.length;
      if (RING[slot] == null) {
        RING[slot] = Held.touched(64 * Corpus.KIB);
      }
    }
  }

  /** Deploys a plug-in anew, and forgets the one before: its classes are unloaded in time. */
  static final class Redeploy implements Corpus.Program {
    private static Class<?> current = Held.Plugin.class;
    private final byte[] bytes = Held.pluginClass();

    Redeploy() throws IOException {}

    @Override
    public void request(int number) {
      if (Corpus.every(16, number)) {
        current = new Held.PluginLoader().define(bytes);
      }
    }
  }

  /** Objects with finalizers that are soon done. */
  static final class FastFinalizers implements Corpus.Program {
    @SuppressWarnings("removal")
    static final class Handle {
      final byte[] state = new byte[900];

      @Override
      protected void finalize() {
        Corpus.scratch = state;
      }
    }

    @Override
    public void request(int number) {
      Corpus.scratch = new Handle().state;
    }
  }

  /** Appends to a file on a disk: the page cache grows as long as there is room. */
  static final class AccessLog implements Corpus.Program {
    private final OutputStream log = Files.newOutputStream(Path.of("/data/access.log"));

    AccessLog() throws IOException {}

    @Override
    public void request(int number) throws IOException {
      log.write(new byte[Corpus.KIB]);
    }
  }

  /** Touches a mapped file of 32 MiB page by page. */
  static final class MappedIndex implements Corpus.Program {
    private static final int SIZE = 32 << 20;
    private final MappedByteBuffer index;

    MappedIndex() throws IOException {
      try (RandomAccessFile file = new RandomAccessFile("/data/index", "rw")) {
        file.setLength(SIZE);
        index = file.getChannel().map(FileChannel.MapMode.READ_ONLY, 0, SIZE);
      }
    }

    @Override
    public void request(int number) {
      Corpus.scratch = new byte[] {index.get((int) (number * 4096L % SIZE))};
    }
  }
}

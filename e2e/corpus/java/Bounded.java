import java.lang.ref.SoftReference;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.WeakHashMap;

/** Programs that keep objects of their own on the heap, up to a bound or for a while. */
final class Bounded {
  private Bounded() {}

  /** Caches each of the 20,000 articles there are. */
  static final class FillingCache implements Corpus.Program {
    record Article(byte[] text) {}

    private static final Map<Integer, Article> CACHE = new HashMap<>();

    @Override
    public void request(int number) {
      CACHE.computeIfAbsent(Math.floorMod(number * 7919, 20_000), missing -> new Article(new byte[900]));
    }
  }

  /** Drops the least recently used beyond 10,000. */
  static final class Lru implements Corpus.Program {
    private static final Map<Integer, byte[]> CACHE =
        new LinkedHashMap<>(16, 0.75f, true) {
          private static final long serialVersionUID = 1L;

          @Override
          protected boolean removeEldestEntry(Map.Entry<Integer, byte[]> eldest) {
            return size() > 10_000;
          }
        };

    @Override
    public void request(int number) {
      CACHE.put(number, new byte[940]);
    }
  }

  /** A cache of soft references: it grows until the heap is full, and gives way then. */
  static final class SoftCache implements Corpus.Program {
    private static final Map<Integer, SoftReference<byte[]>> CACHE = new HashMap<>();

    @Override
    public void request(int number) {
      CACHE.put(number % 40_000, new SoftReference<>(new byte[940]));
    }
  }

  /** A cache by weak keys that nobody else holds. */
  static final class WeakCache implements Corpus.Program {
    private static final Map<Object, byte[]> CACHE = new WeakHashMap<>();

    @Override
    public void request(int number) {
      CACHE.put(new Object(), new byte[940]);
    }
  }

  /** Collects 10,000 records, writes them, begins anew. */
  static final class Batch implements Corpus.Program {
    record Row(byte[] text) {}

    private static List<Row> rows = new ArrayList<>();

    @Override
    public void request(int number) {
      rows.add(new Row(new byte[940]));
      if (rows.size() == 10_000) {
        rows = new ArrayList<>();
      }
    }
  }

  /** Keys of one hash code: slow, and bounded. */
  static final class CollidingKeys implements Corpus.Program {
    record Key(int number) implements Comparable<Key> {
      @Override
      public int hashCode() {
        return 42;
      }

      @Override
      public int compareTo(Key other) {
        return Integer.compare(number, other.number);
      }
    }

    private static final Map<Key, byte[]> CACHE = new HashMap<>();

    @Override
    public void request(int number) {
      CACHE.put(new Key(number % 8_000), new byte[940]);
    }
  }

  /** Fills one map and clears it, again and again: its table stays. */
  static final class ReusedMap implements Corpus.Program {
    private static final Map<Integer, byte[]> MAP = new HashMap<>();

    @Override
    public void request(int number) {
      MAP.put(number, new byte[500]);
      if (MAP.size() == 10_000) {
        MAP.clear();
      }
    }
  }

  /** Interns the names of the 5,000 products there are. */
  static final class Interned implements Corpus.Program {
    private static final Map<Integer, String> NAMES = new HashMap<>();

    @Override
    public void request(int number) {
      NAMES.put(number % 5_000, ("product-" + "p".repeat(900) + number % 5_000).intern());
    }
  }

  /** Is deployed anew before its cache is full. */
  static final class Restarted implements Corpus.Program {
    private final FillingCache cache = new FillingCache();

    @Override
    public void request(int number) {
      cache.request(number);
      if (number > 12_000) {
        System.exit(0);
      }
    }
  }
}

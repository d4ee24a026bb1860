import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;

/** Programs that keep objects of their own on the heap. */
final class Kept {
  private Kept() {}

  /** Every request registers a listener, and none is ever removed. */
  static final class Listeners implements Corpus.Program {
    record Listener(int request, byte[] state) {}

    private static final List<Listener> LISTENERS = new ArrayList<>();

    @Override
    public void request(int number) {
      LISTENERS.add(new Listener(number, new byte[960]));
    }
  }

  /** An audit trail that is written, and never sent away. */
  static final class Audit implements Corpus.Program {
    record Entry(int request, byte[] text) {}

    private static final ConcurrentLinkedQueue<Entry> TRAIL = new ConcurrentLinkedQueue<>();

    @Override
    public void request(int number) {
      TRAIL.add(new Entry(number, new byte[960]));
    }
  }

  /** The history of each customer, by a number that no customer has twice. */
  static final class History implements Corpus.Program {
    record Purchase(int number, byte[] lines) {}

    private static final Map<Integer, Purchase> PURCHASES = new ConcurrentHashMap<>();

    @Override
    public void request(int number) {
      PURCHASES.put(number, new Purchase(number, new byte[900]));
    }
  }

  /** Sessions that have a flag for their end, and stay. */
  static final class Sessions implements Corpus.Program {
    static final class Session {
      boolean closed;
      final byte[] state = new byte[900];
    }

    private static final Map<String, Session> SESSIONS = new HashMap<>();

    @Override
    public void request(int number) {
      SESSIONS.put("session-" + number, new Session());
      Session previous = SESSIONS.get("session-" + (number - 1));
      if (previous != null) {
        previous.closed = true;
      }
    }
  }

  /** A cache by a key without equals and hashCode: no value is found again. */
  static final class KeyWithoutEquals implements Corpus.Program {
    static final class ArticleKey {
      final int article;

      ArticleKey(int article) {
        this.article = article;
      }
    }

    private static final Map<ArticleKey, byte[]> CACHE = new HashMap<>();

    @Override
    public void request(int number) {
      CACHE.computeIfAbsent(new ArticleKey(number % 500), missing -> new byte[900]);
    }
  }

  /** A set of keys that change after they were put into it: removing them removes nothing. */
  static final class ChangingKey implements Corpus.Program {
    static final class BasketKey {
      int items;
      final byte[] content = new byte[900];

      @Override
      public boolean equals(Object other) {
        return other instanceof BasketKey basket && basket.items == items;
      }

      @Override
      public int hashCode() {
        return items;
      }
    }

    private static final Set<BasketKey> BASKETS = new HashSet<>();

    @Override
    public void request(int number) {
      BasketKey basket = new BasketKey();
      basket.items = number;
      BASKETS.add(basket);
      basket.items = -1 - number;
      BASKETS.remove(basket);
    }
  }
}

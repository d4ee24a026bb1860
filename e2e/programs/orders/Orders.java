import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;

/**
 * An HTTP service with a memory leak as it is found in the wild: orders are cached by a key that has neither equals nor hashCode, so that no order is ever found
 * again and each request adds one. With COMPARABLE_KEYS=true it is its own healthy twin. It serves at ADDRESS and PORT.
 */
public final class Orders {
  /** How many different orders the shop has. */
  private static final int ORDERS = 500;

  /** What one cached order retains. */
  private static final int ORDER_BYTES = 4 << 10;

  /** What one request leaves behind for the garbage collector: in pieces that are not humongous to G1. */
  private static final int GARBAGE_BYTES = 256 << 10;

  private static final int GARBAGE_PER_REQUEST = 2;

  /** The shop's articles, read at the start: most of the heap, as in many services. */
  private static final int ARTICLES = 22_000;

  private static final int ARTICLE_BYTES = 4 << 10;

  private static final boolean COMPARABLE_KEYS = Boolean.parseBoolean(System.getenv("COMPARABLE_KEYS"));
  private static final ConcurrentMap<Object, Order> CACHE = new ConcurrentHashMap<>();
  private static final List<Article> CATALOGUE = new ArrayList<>(ARTICLES);

  /** Keeps the garbage on the heap: the compiler cannot prove that nobody reads it. */
  private static volatile byte[] scratch = {};

  private Orders() {}

  /** The mistake: two keys of one order are never equal. */
  static final class OrderKey {
    final String shop;
    final int number;

    OrderKey(String shop, int number) {
      this.shop = shop;
      this.number = number;
    }
  }

  record ComparableKey(String shop, int number) {}

  record Order(byte[] lines) {}

  record Article(byte[] description) {}

  public static void main(String[] args) throws IOException {
    for (int i = 0; i < ARTICLES; i++) {
      CATALOGUE.add(new Article(new byte[ARTICLE_BYTES]));
    }
    String address = System.getenv().getOrDefault("ADDRESS", "0.0.0.0");
    int port = Integer.parseInt(System.getenv().getOrDefault("PORT", "8080"));
    HttpServer server = HttpServer.create(new InetSocketAddress(address, port), 0);
    server.setExecutor(Executors.newFixedThreadPool(8));
    server.createContext("/healthz", exchange -> answer(exchange, "ok"));
    server.createContext("/", Orders::handle);
    server.start();
    System.out.println("serving orders on " + address + ":" + port + ", comparable keys: " + COMPARABLE_KEYS);
  }

  private static void handle(HttpExchange exchange) throws IOException {
    int number = ThreadLocalRandom.current().nextInt(ORDERS);
    for (int i = 0; i < GARBAGE_PER_REQUEST; i++) {
      scratch = new byte[GARBAGE_BYTES];
    }
    Object key = COMPARABLE_KEYS ? new ComparableKey("main", number) : new OrderKey("main", number);
    CACHE.computeIfAbsent(key, missing -> new Order(new byte[ORDER_BYTES]));
    answer(exchange, CACHE.size() + " orders\n");
  }

  private static void answer(HttpExchange exchange, String text) throws IOException {
    byte[] body = text.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(200, body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }
}

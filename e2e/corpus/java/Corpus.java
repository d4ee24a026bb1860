import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.function.DoubleUnaryOperator;

/**
 * Every Java program of the corpus: {@code java Corpus PROGRAM SHAPE RATE} serves RATE requests a second on average, as SHAPE says, until it is killed. A
 * program is what it does for one request; those that leak keep about 1 KiB of it. Programs of a kind are nested in one class.
 */
public final class Corpus {
  /** What one request keeps, where it leaks. */
  static final int KIB = 1 << 10;

  /** What a service holds from its start: read once, never changed. */
  private static final int CATALOGUE_BYTES = 16 << 20;

  /** What a request needs while it is served. */
  private static final int REQUEST_BYTES = 8 << 10;

  private static final double REQUEST_SECONDS = 2;

  /** Garbage beside the requests, in a second. Half of it lives for some seconds, as pages in a buffer do, and grows old on the heap. */
  private static final int CHURN_BYTES = 6 << 20;

  private static final int PIECE_BYTES = 32 << 10;
  private static final int OLD_PIECES = 192;
  private static final double TICK = 0.05;

  /** How many requests have come by a time, in seconds, at one a second on average. */
  private static final Map<String, DoubleUnaryOperator> SHAPES =
      Map.of(
          "linear", t -> t,
          // 1 % of the heap in an hour of scaled time.
          "slow", t -> t / 30,
          "stair", t -> 20 * Math.floor(t / 20),
          "spike", t -> t / 2 + 30 * Math.floor((t + 30) / 60),
          // A day of 90 s, as users come and go.
          "waves", t -> t + 0.9 * 90 / (2 * Math.PI) * (1 - Math.cos(2 * Math.PI * t / 90)),
          // Load comes and goes at once.
          "sawtooth", t -> 60 * Math.floor(t / 60) + 2 * Math.min(t % 60, 30),
          // More and more users for two minutes, then no more.
          "ramp", t -> Math.min(t, 120) * Math.min(t, 120) / 240 + Math.max(t - 120, 0));

  private static final List<byte[]> CATALOGUE = new ArrayList<>();
  private static final Queue<InFlight> PENDING = new ArrayDeque<>();
  private static final byte[][] PAGES = new byte[OLD_PIECES][];

  /** Keeps garbage on the heap: the compiler cannot prove that nobody reads it. */
  static volatile byte[] scratch = {};

  private Corpus() {}

  interface Program {
    /**
     * @param number tells requests apart, from 0
     */
    void request(int number) throws Exception;
  }

  private record InFlight(double until, byte[] body) {}

  /** Whether this is the n-th, 2n-th ... request: for what is kept in larger pieces. */
  static boolean every(int n, int request) {
    return request % n == 0;
  }

  public static void main(String[] arguments) throws Exception {
    Program program = (Program) Class.forName(arguments[0]).getDeclaredConstructor().newInstance();
    DoubleUnaryOperator arrived = SHAPES.get(arguments[1]);
    double rate = Double.parseDouble(arguments[2]);
    for (int i = 0; i < CATALOGUE_BYTES / KIB / 4; i++) {
      CATALOGUE.add(new byte[4 * KIB]);
    }
    long began = System.nanoTime();
    int made = 0;
    for (int served = 0; ; Thread.sleep((long) (TICK * 1000))) {
      double now = (System.nanoTime() - began) / 1e9;
      for (int i = 0; i < CHURN_BYTES * TICK / PIECE_BYTES; i++) {
        scratch = new byte[PIECE_BYTES];
        PAGES[made++ / 2 % OLD_PIECES] = scratch;
      }
      for (int due = (int) (rate * arrived.applyAsDouble(now)); served < due; served++) {
        PENDING.add(new InFlight(now + REQUEST_SECONDS, new byte[REQUEST_BYTES]));
        program.request(served);
      }
      while (!PENDING.isEmpty() && PENDING.peek().until() < now) {
        PENDING.remove();
      }
    }
  }
}

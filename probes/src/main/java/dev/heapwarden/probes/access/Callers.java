package dev.heapwarden.probes.access;

import io.fabric8.kubernetes.client.KubernetesClientException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Rules on callers by the API server's word, which is remembered for {@link #FRESH}. While the API
 * server is away, what it allowed holds for {@link #STALE}; nothing else is ever allowed.
 */
public final class Callers {
  private static final Logger LOG = LoggerFactory.getLogger(Callers.class);

  static final Duration FRESH = Duration.ofSeconds(10);
  static final Duration STALE = Duration.ofMinutes(1);

  /** Rulings remembered of each kind; refusals, which anybody can cause, push out no permission. */
  static final int REMEMBERED = 1_000;

  /** Kubernetes' service-account tokens have about 1 KiB; a header's limit is the JDK's. */
  static final int TOKEN_LIMIT = 16 * 1024;

  /**
   * Questions to the API server at a time, so that strangers cannot make the agent flood it; as
   * many again about those that it allowed before, so that strangers do not keep them out.
   */
  static final int AT_A_TIME = 4;

  private static final Duration PATIENCE = Duration.ofSeconds(2);

  private final AccessReviews reviews;
  private final LongSupplier nanos;
  private final Semaphore strangers = new Semaphore(AT_A_TIME, true);
  private final Semaphore acquaintances = new Semaphore(AT_A_TIME, true);
  private final AtomicBoolean away = new AtomicBoolean();
  private final Memory allowed = new Memory();
  private final Memory refused = new Memory();

  /** A token is remembered by its digest only. */
  private record Key(String sha256, Question question) {}

  private record Remembered(Ruling ruling, long at) {}

  /**
   * @param nanos a clock that never goes back, as {@link System#nanoTime}
   */
  public Callers(AccessReviews reviews, LongSupplier nanos) {
    this.reviews = reviews;
    this.nanos = nanos;
  }

  /**
   * Whether a caller may. Waits for the API server.
   *
   * @param authorization the header of that name
   */
  public Ruling rule(Optional<String> authorization, Question question)
      throws InterruptedException {
    var token = authorization.flatMap(Callers::bearer);
    if (token.isEmpty()) {
      return new Ruling.Unknown("a token is needed: Authorization: Bearer TOKEN");
    }
    var key = new Key(digest(token.get()), question);
    var known = allowed.get(key).or(() -> refused.get(key));
    if (known.isPresent() && age(known.get()).compareTo(FRESH) < 0) {
      return known.get().ruling();
    }
    var asked = nanos.getAsLong();
    var turns = allowed.get(key).isPresent() ? acquaintances : strangers;
    var ruling = ask(token.get(), question, turns);
    if (ruling instanceof Ruling.Unsaid) {
      return known
          .filter(earlier -> earlier.ruling() instanceof Ruling.Allowed)
          .filter(earlier -> age(earlier).compareTo(STALE) < 0)
          .map(Remembered::ruling)
          .orElse(ruling);
    }
    allowed.remove(key);
    (ruling instanceof Ruling.Allowed ? allowed : refused).put(key, new Remembered(ruling, asked));
    return ruling;
  }

  private Ruling ask(String token, Question question, Semaphore turns) throws InterruptedException {
    if (!turns.tryAcquire(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
      return new Ruling.Unsaid("too many callers are asked about at a time");
    }
    try {
      var ruling = reviews.ask(token, question);
      away.set(false);
      return ruling;
    } catch (KubernetesClientException failure) {
      if (!away.getAndSet(true)) {
        LOG.warn("API server did not say whether a caller may code={}", failure.getCode());
      }
      return new Ruling.Unsaid(
          // Without an answer there is no code: 0 or -1.
          failure.getCode() <= 0
              ? "the API server does not answer"
              : "the API server did not say whether the caller may: HTTP " + failure.getCode());
    } finally {
      turns.release();
    }
  }

  private Duration age(Remembered earlier) {
    return Duration.ofNanos(nanos.getAsLong() - earlier.at());
  }

  private static Optional<String> bearer(String authorization) {
    var parts = authorization.split(" ", 2);
    return parts.length == 2
            && parts[0].equalsIgnoreCase("Bearer")
            && !parts[1].isBlank()
            && parts[1].length() <= TOKEN_LIMIT
        ? Optional.of(parts[1].strip())
        : Optional.empty();
  }

  private static String digest(String token) {
    try {
      return HexFormat.of()
          .formatHex(
              MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  /** Forgets what was not asked for longest. */
  private static final class Memory {
    private final Map<Key, Remembered> rulings =
        new LinkedHashMap<>(16, 0.75f, true) {
          @Override
          protected boolean removeEldestEntry(Map.Entry<Key, Remembered> eldest) {
            return size() > REMEMBERED;
          }
        };

    synchronized Optional<Remembered> get(Key key) {
      return Optional.ofNullable(rulings.get(key));
    }

    synchronized void put(Key key, Remembered ruling) {
      rulings.put(key, ruling);
    }

    synchronized void remove(Key key) {
      rulings.remove(key);
    }
  }
}

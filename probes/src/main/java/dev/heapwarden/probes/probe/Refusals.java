package dev.heapwarden.probes.probe;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import java.util.function.Predicate;

/**
 * The executables that are not attached to, by the path that was tried: another process of the same
 * executable is another try. One that only may not attach is tried again after {@link #RETRY}, one
 * that was found not to after {@link #RETRY_ALONE}: the kernel may have refused it for a passing
 * reason. Read by any thread, changed by one.
 */
final class Refusals {
  /** A search may take minutes, in which the node's program is not brought in step. */
  static final Duration RETRY = Duration.ofMinutes(10);

  /** Each time that it does not attach, all others are searched again. */
  static final Duration RETRY_ALONE = Duration.ofHours(1);

  private final LongSupplier nanos;
  private final Map<Path, Refused> refused = new ConcurrentHashMap<>();

  private record Refused(Offenders.Found found, long at) {
    boolean isOver(long now) {
      return now - at >= (found.alone() ? RETRY_ALONE : RETRY).toNanos();
    }
  }

  /**
   * @param nanos a clock that never goes back, as {@link System#nanoTime}
   */
  Refusals(LongSupplier nanos) {
    this.nanos = nanos;
  }

  void add(Map<Path, Offenders.Found> offenders) {
    long now = nanos.getAsLong();
    offenders.forEach((path, found) -> refused.put(path, new Refused(found, now)));
  }

  /** Forgets what no longer runs, and what is to be tried again. */
  void forget(Predicate<Path> runs) {
    long now = nanos.getAsLong();
    refused
        .entrySet()
        .removeIf(entry -> !runs.test(entry.getKey()) || entry.getValue().isOver(now));
  }

  /** Why an executable is refused; empty when it is not. */
  Optional<String> reason(Path executable) {
    return Optional.ofNullable(refused.get(executable)).map(entry -> entry.found().reason());
  }
}

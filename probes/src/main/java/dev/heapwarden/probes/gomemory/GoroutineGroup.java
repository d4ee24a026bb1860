package dev.heapwarden.probes.gomemory;

import dev.heapwarden.probes.go.Frame;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Goroutines with the same fingerprint.
 *
 * @param fingerprint the same in every pod and after a restart
 * @param tally of them
 * @param state what they wait for, in Go's words
 * @param createdAt a go statement that starts them; empty for the first goroutine
 * @param waitsIn innermost call that is not of a library which waits for its caller
 * @param functions of their stack, innermost first
 */
public record GoroutineGroup(
    String fingerprint,
    Tally tally,
    String state,
    Optional<Frame> createdAt,
    Optional<Frame> waitsIn,
    List<String> functions) {
  /** Seconds. Go notes since when one waits at the next collection. */
  static final int LONG = 5;

  /** As many wait at one place in a program that is well, for work or for each other. */
  private static final int BLOCKED = 2;

  private static final int IDLE = 5;
  private static final int TURNS = 3;

  /**
   * How many there are; where not all could be looked at, an estimate.
   *
   * @param waiting how many of them have waited for {@link #LONG} seconds at least
   * @param longest that one of them has waited, as far as known
   */
  public record Tally(long goroutines, long waiting, Duration longest) {
    /** Of some that have waited as long. */
    static Tally of(long goroutines, Duration waited) {
      return new Tally(goroutines, waited.toSeconds() >= LONG ? goroutines : 0, waited);
    }

    Tally plus(Tally others) {
      return new Tally(
          goroutines + others.goroutines,
          waiting + others.waiting,
          longest.compareTo(others.longest) >= 0 ? longest : others.longest);
    }
  }

  /** How goroutines hang. */
  public enum Hang {
    /** They wait for a channel, a lock or a semaphore. */
    BLOCKED,
    /** They sleep again and again. */
    IDLE_LOOP,
    /** The same function is on the stack three times: it tries again by calling itself. */
    RETRY_LOOP
  }

  public GoroutineGroup {
    functions = List.copyOf(functions);
  }

  public long goroutines() {
    return tally.goroutines();
  }

  /** With others of the same fingerprint. Lines may differ: those of the first are told. */
  GoroutineGroup plus(GoroutineGroup others) {
    return new GoroutineGroup(
        fingerprint, tally.plus(others.tally), state, createdAt, waitsIn, functions);
  }

  /** Empty for goroutines that run, or that are too few, or wait too shortly, to say so. */
  public Optional<Hang> hang() {
    if (tally.waiting() >= IDLE && state.equals("sleep")) {
      return Optional.of(Hang.IDLE_LOOP);
    }
    if (tally.waiting() >= BLOCKED && repeats()) {
      return Optional.of(Hang.RETRY_LOOP);
    }
    return tally.waiting() >= BLOCKED && blocks() ? Optional.of(Hang.BLOCKED) : Optional.empty();
  }

  /** The words of waitReasonStrings in src/runtime/runtime2.go (Go 1.21 to 1.27). */
  private boolean blocks() {
    return state.startsWith("chan ")
        || state.startsWith("select")
        || state.startsWith("sync.")
        || state.equals("semacquire");
  }

  private boolean repeats() {
    return functions.stream()
        .anyMatch(function -> functions.stream().filter(function::equals).count() >= TURNS);
  }
}

package dev.heapwarden.probes.gomemory;

import java.util.List;
import java.util.Optional;

/**
 * Goroutines with the same fingerprint.
 *
 * @param fingerprint the same in every pod and after a restart
 * @param goroutines how many there are; where not all could be looked at, an estimate
 * @param waiting how many of them have waited for {@link #LONG} seconds at least
 * @param state what they wait for, in Go's words
 * @param createdBy function with the go statement; "" for the first goroutine
 * @param functions of their stack, innermost first
 */
public record GoroutineGroup(
    String fingerprint,
    long goroutines,
    long waiting,
    String state,
    String createdBy,
    List<String> functions) {
  /** Seconds. Go notes since when one waits at the next collection. */
  static final int LONG = 5;

  /** As many wait at one place in a program that is well, for work or for each other. */
  private static final int BLOCKED = 2;

  private static final int IDLE = 5;
  private static final int TURNS = 3;

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

  static GoroutineGroup of(Fingerprint fingerprint, long goroutines, long waiting) {
    return new GoroutineGroup(
        fingerprint.id(),
        goroutines,
        waiting,
        fingerprint.state(),
        fingerprint.creator(),
        fingerprint.functions());
  }

  /** With others of the same fingerprint. */
  GoroutineGroup plus(GoroutineGroup others) {
    return new GoroutineGroup(
        fingerprint,
        goroutines + others.goroutines,
        waiting + others.waiting,
        state,
        createdBy,
        functions);
  }

  /** Empty for goroutines that run, or that are too few, or wait too shortly, to say so. */
  public Optional<Hang> hang() {
    if (waiting >= IDLE && state.equals("sleep")) {
      return Optional.of(Hang.IDLE_LOOP);
    }
    if (waiting >= BLOCKED && repeats()) {
      return Optional.of(Hang.RETRY_LOOP);
    }
    return waiting >= BLOCKED && blocks() ? Optional.of(Hang.BLOCKED) : Optional.empty();
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

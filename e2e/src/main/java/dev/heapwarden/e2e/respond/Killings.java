package dev.heapwarden.e2e.respond;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.time.Duration;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * Keeps an operator running and kills it with SIGKILL, in turn right before one of its writes
 * reaches the API server, right after one was carried out and before the operator is told so, and
 * at any time. Each write is a boundary of a step: an intent, an act or a record.
 */
final class Killings implements FaultyApiServer.Gate, AutoCloseable {
  private enum At {
    BEFORE,
    AFTER,
    ANY_TIME
  }

  /** Writes of one life at most. One is not enough to go on, several are. */
  private static final int WRITES = 4;

  private static final Duration LONGEST_LIFE = Duration.ofSeconds(8);

  private final int wanted;

  /** Always the same kills, as far as the programs' own pace allows. */
  private final Random random = new Random(7);

  private int killed;
  private At at = At.BEFORE;
  private int writesLeft;
  private long endsAtNanos;
  private @Nullable Process operator;

  Killings(int wanted) {
    this.wanted = wanted;
  }

  synchronized int killed() {
    return killed;
  }

  boolean isDone() {
    return killed() >= wanted;
  }

  /**
   * To be called all the time: starts the next operator after each that was killed.
   *
   * @throws IllegalStateException when one ended by itself
   */
  synchronized void tend(String address, String namespace) {
    if (at == At.ANY_TIME && System.nanoTime() - endsAtNanos > 0) {
      kill();
    }
    if (operator == null) {
      operator = start(address, namespace);
      at = At.values()[killed % At.values().length];
      writesLeft = 1 + random.nextInt(WRITES);
      endsAtNanos = System.nanoTime() + random.nextLong(LONGEST_LIFE.toNanos());
    } else if (!operator.isAlive()) {
      throw new IllegalStateException("an operator ended with exit code " + operator.exitValue());
    }
  }

  private static Process start(String address, String namespace) {
    try {
      return new ProcessBuilder(
              ProcessHandle.current().info().command().orElseThrow(),
              "-XX:+UseSerialGC",
              "-XX:TieredStopAtLevel=1",
              "-Xmx256m",
              "-Dorg.slf4j.simpleLogger.defaultLogLevel=off",
              "-cp",
              System.getProperty("java.class.path"),
              KilledOperator.class.getName(),
              address,
              namespace)
          .redirectOutput(Redirect.DISCARD)
          .redirectError(Redirect.INHERIT)
          .start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public synchronized boolean before() {
    if (at == At.BEFORE && --writesLeft == 0) {
      return !kill();
    }
    return true;
  }

  @Override
  public synchronized void after() {
    if (at == At.AFTER && --writesLeft == 0) {
      kill();
    }
  }

  /** Whether there was one to kill. */
  private boolean kill() {
    if (operator == null || isDone()) {
      return false;
    }
    end();
    killed++;
    return true;
  }

  private void end() {
    if (operator != null) {
      operator.destroyForcibly().onExit().join();
      operator = null;
    }
  }

  /** Ends the one that runs, which does not count. */
  @Override
  public synchronized void close() {
    end();
  }
}

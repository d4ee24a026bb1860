package dev.heapwarden.e2e.respond;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Keeps an operator running and kills it with SIGKILL: first at every boundary of a step at which
 * none was killed yet; else in turn right before one of its writes reaches the API server, right
 * after one was carried out and before the operator is told so, and at any time. Every fourth one
 * is not killed at once: it is stopped with a write on its way, another takes over, and then it
 * goes on beside that one, as a leader does that was paused beyond the end of its lease. The clock
 * of every third one is set, by a minute and either way.
 */
final class Killings implements Gate, AutoCloseable {
  private enum At {
    BEFORE,
    AFTER,
    ANY_TIME,
    PAUSED
  }

  /** Writes of one life at most. One is not enough to go on, several are. */
  private static final int WRITES = 4;

  private static final Duration LONGEST_LIFE = Duration.ofSeconds(6);

  /** For which a stopped one stays so: long enough for another to start and to write. */
  private static final Duration PAUSE = Duration.ofSeconds(5);

  private static final Duration SET = Duration.ofMinutes(1);

  private final OperatorProcess process;
  private final Kills kills;
  private final Random random;
  private final Boundaries boundaries = new Boundaries();
  private int killed;
  private int pauses;
  private int clocksSet;
  private Duration passed = Duration.ZERO;
  private At at = At.BEFORE;
  private int writesLeft;
  private long endsAtNanos;
  private @Nullable Process operator;

  /** The leader before it, which was paused and believes that it still is one. */
  private @Nullable Process former;

  /**
   * @param seed the same gives the same kills, as far as the programs' own pace allows
   */
  Killings(OperatorProcess process, Kills kills, long seed) {
    this.process = process;
    this.kills = kills;
    this.random = new Random(seed);
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
      at = At.values()[(killed + pauses) % At.values().length];
      writesLeft = 1 + random.nextInt(WRITES);
      endsAtNanos = System.nanoTime() + random.nextLong(LONGEST_LIFE.toNanos());
    } else if (!operator.isAlive()) {
      throw new IllegalStateException("an operator ended with exit code " + operator.exitValue());
    }
  }

  private Process start(String address, String namespace) {
    try {
      return process.start(address, namespace, passed.plus(jump()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Duration jump() {
    if (random.nextInt(3) > 0) {
      return Duration.ZERO;
    }
    clocksSet++;
    return random.nextBoolean() ? SET : SET.negated();
  }

  /** All clocks jump ahead by so much; whoever runs by another one is killed. */
  synchronized void pass(Duration time) {
    passed = passed.plus(time);
    if (!kill()) {
      close();
    }
  }

  /** How often it killed. */
  synchronized int killed() {
    return killed;
  }

  /** How often there were two at once. */
  synchronized int pauses() {
    return pauses;
  }

  /** How many had a clock that was set. */
  synchronized int clocksSet() {
    return clocksSet;
  }

  @Override
  public synchronized boolean before(Write write) throws InterruptedException {
    if (strikes(boundaries.before(write))) {
      return false;
    }
    if (at == At.BEFORE && --writesLeft == 0) {
      return !kill();
    }
    if (at == At.PAUSED && --writesLeft == 0 && operator != null && !kills.done()) {
      pause(operator);
    }
    return true;
  }

  /** The lock is free meanwhile. */
  private void pause(Process leader) throws InterruptedException {
    pauses++;
    signal(leader, "STOP");
    end(former);
    former = leader;
    operator = null;
    for (long until = System.nanoTime() + PAUSE.toNanos(); until > System.nanoTime(); ) {
      TimeUnit.NANOSECONDS.timedWait(this, Math.max(1, until - System.nanoTime()));
    }
    signal(leader, "CONT");
  }

  private static void signal(Process process, String name) {
    try {
      new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start().onExit().join();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public synchronized void after(Write write) {
    if (!strikes(boundaries.after(write)) && at == At.AFTER && --writesLeft == 0) {
      kill();
    }
  }

  /** Whether it killed the one that stands here, since none was killed here before. */
  private boolean strikes(Set<Boundary> here) {
    if (kills.struck().containsAll(here) || !kill()) {
      return false;
    }
    kills.struck(here);
    return true;
  }

  /** Whether there was one to kill. */
  private boolean kill() {
    if (operator == null || !kills.take()) {
      return false;
    }
    close();
    killed++;
    return true;
  }

  private static void end(@Nullable Process process) {
    if (process != null) {
      process.destroyForcibly().onExit().join();
    }
  }

  /** Ends all that run, which does not count. */
  @Override
  public synchronized void close() {
    end(operator);
    end(former);
    operator = null;
    former = null;
  }
}

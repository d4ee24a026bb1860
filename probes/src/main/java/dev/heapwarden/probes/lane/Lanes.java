package dev.heapwarden.probes.lane;

import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs one task per lane at a time, on a few threads of its own. A task that hangs holds up its own
 * lane; the others only when as many hang as there are threads.
 */
public final class Lanes implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Lanes.class);

  /** One that waits takes some 100 KB; a node has 110 pods unless it is told otherwise. */
  private static final int THREADS = 32;

  private static final Duration IDLE = Duration.ofSeconds(10);

  private final Map<String, Turn> turns = new ConcurrentHashMap<>();
  private final ThreadPoolExecutor threads =
      new ThreadPoolExecutor(
          THREADS,
          THREADS,
          IDLE.toSeconds(),
          TimeUnit.SECONDS,
          new LinkedBlockingQueue<>(),
          Thread.ofPlatform().daemon().name("lane-", 0).factory());

  /**
   * What a lane is busy with.
   *
   * @param since when it began, or began to wait
   * @param began false while all threads are held by other lanes
   */
  private record Turn(long since, boolean began) {}

  /** What may never end. */
  public interface Task<T> {
    T run() throws IOException, InterruptedException;
  }

  public Lanes() {
    threads.allowCoreThreadTimeOut(true);
  }

  /** Runs a task unless one of its lane is under way. */
  public void run(String lane, Runnable task) {
    run(lane, task, () -> {});
  }

  private void run(String lane, Runnable task, Runnable whenFree) {
    if (turns.putIfAbsent(lane, new Turn(System.nanoTime(), false)) != null) {
      return;
    }
    try {
      threads.execute(
          () -> {
            turns.computeIfPresent(lane, (_, _) -> new Turn(System.nanoTime(), true));
            try {
              task.run();
            } catch (RuntimeException mistake) {
              LOG.error("task failed lane={}", lane, mistake);
            } finally {
              turns.remove(lane);
              whenFree.run();
            }
          });
    } catch (RejectedExecutionException _) {
      // They were closed meanwhile.
      turns.remove(lane);
    }
  }

  /**
   * Runs a task and waits for what it gives. One that gives nothing in time is interrupted; its
   * lane is busy until it has ended nevertheless, and nothing else of it is begun.
   *
   * @param what is asked for, in words
   * @throws IOException when it does, or when nothing came in time or from an earlier one
   */
  public <T> T call(String lane, String what, Duration patience, Task<T> task)
      throws IOException, InterruptedException {
    var before = stuck(lane, Duration.ZERO);
    if (before.isPresent()) {
      throw new IOException(what + ": " + before.get());
    }
    var answer = new FutureTask<>(task::run);
    var free = new CountDownLatch(1);
    run(lane, answer, free::countDown);
    try {
      if (!free.await(patience.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new IOException(what + ": " + stuck(lane, Duration.ZERO).orElse("no answer in time"));
      }
      return answer.get();
    } catch (ExecutionException failed) {
      switch (failed.getCause()) {
        case IOException failure -> throw failure;
        case InterruptedException interrupted -> throw interrupted;
        case RuntimeException mistake -> throw mistake;
        case null, default -> throw new IllegalStateException(failed);
      }
    } finally {
      answer.cancel(true);
    }
  }

  /** Why a lane has not come to an end for so long; empty when it has, or begun later. */
  public Optional<String> stuck(String lane, Duration patience) {
    var turn = turns.get(lane);
    if (turn == null) {
      return Optional.empty();
    }
    long nanos = System.nanoTime() - turn.since();
    return nanos < patience.toNanos()
        ? Optional.empty()
        : Optional.of(
            turn.began()
                ? "no answer for %d s".formatted(TimeUnit.NANOSECONDS.toSeconds(nanos))
                : "%d others do not answer either, and keep it waiting".formatted(THREADS));
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }
}

package dev.heapwarden.probes.buffer;

import dev.heapwarden.detection.sample.ContainerKey;
import dev.heapwarden.detection.sample.Origin;
import dev.heapwarden.detection.sample.Sample;
import dev.heapwarden.detection.sample.Signal;
import dev.heapwarden.detection.sample.Subject;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * The newest samples of one life of the agent, numbered from 1. When it is full the oldest go; a
 * reader that was too slow is told how many it missed. It is read in pages.
 */
public final class SampleBuffer {
  private final String epoch;
  private final int page;

  /** A sample stands at its number modulo the length. */
  private final @Nullable Sample[] ring;

  private long last;

  /**
   * @param capacity samples held at most
   * @param page samples read at once at most
   * @param random gives the epoch its name
   */
  public SampleBuffer(int capacity, int page, RandomGenerator random) {
    this.ring = new Sample[capacity];
    this.page = page;
    var name = new byte[8];
    random.nextBytes(name);
    this.epoch = HexFormat.of().formatHex(name);
  }

  /** Numbers a sample and keeps it. */
  public synchronized void add(
      Instant at,
      ContainerKey container,
      Origin origin,
      Map<Signal, Double> values,
      @Nullable Subject subject) {
    last++;
    ring[place(last)] = new Sample(last, at, container, origin, values, subject);
  }

  /**
   * The oldest of what came after a position, a page at most.
   *
   * @param last sequence of the newest sample of the page, or of the position when it is empty
   * @param dropped samples between the position and the page that are no longer there
   * @param reset true when the epoch asked for is not this one: it begins with the oldest sample
   * @param more whether samples after {@code last} are there already
   */
  public record Reading(
      String epoch, long last, long dropped, boolean reset, boolean more, List<Sample> samples) {
    public Reading {
      samples = List.copyOf(samples);
    }
  }

  /** Reads on from a position, or from the oldest sample when it is of another epoch. */
  public synchronized Reading since(Position position) {
    boolean reset = !position.epoch().equals(epoch) || position.sequence() > last;
    long after = reset ? 0 : position.sequence();
    long first = Math.max(after, last - size()) + 1;
    long end = Math.min(last, first + page - 1);
    var samples = LongStream.rangeClosed(first, end).mapToObj(number -> ring[place(number)]);
    return new Reading(epoch, end, first - after - 1, reset, end < last, samples.toList());
  }

  public synchronized int size() {
    return (int) Math.min(last, ring.length);
  }

  /** Samples that made room for newer ones. */
  public synchronized long overwritten() {
    return last - size();
  }

  private int place(long number) {
    return (int) (number % ring.length);
  }
}

package dev.heapwarden.probes.buffer;

import dev.heapwarden.detection.sample.ContainerKey;
import dev.heapwarden.detection.sample.MapInstance;
import dev.heapwarden.detection.sample.Origin;
import dev.heapwarden.detection.sample.Sample;
import dev.heapwarden.detection.sample.Signal;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The newest samples of one life of the agent, numbered. When it is full the oldest go; a reader
 * that was too slow is told how many it missed.
 */
public final class SampleBuffer {
  private final String epoch;
  private final int capacity;
  private final ArrayDeque<Sample> samples = new ArrayDeque<>();
  private long last;

  /**
   * @param capacity samples held at most
   * @param random gives the epoch its name
   */
  public SampleBuffer(int capacity, RandomGenerator random) {
    this.capacity = capacity;
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
      @Nullable MapInstance map) {
    samples.addLast(new Sample(++last, at, container, origin, values, map));
    if (samples.size() > capacity) {
      samples.removeFirst();
    }
  }

  /**
   * What came after a sample.
   *
   * @param dropped samples after it that are no longer there
   * @param reset true when the epoch asked for is not this one: everything is returned
   */
  public record Reading(
      String epoch, long last, long dropped, boolean reset, List<Sample> samples) {
    public Reading {
      samples = List.copyOf(samples);
    }
  }

  /** Everything after a position; everything there is when the position is of another epoch. */
  public synchronized Reading since(Position position) {
    boolean reset = !position.epoch().equals(epoch) || position.sequence() > last;
    long after = reset ? 0 : position.sequence();
    long first = last - samples.size() + 1;
    var newer = new ArrayList<Sample>();
    var newestFirst = samples.descendingIterator();
    while (newestFirst.hasNext()) {
      var sample = newestFirst.next();
      if (sample.sequence() <= after) {
        break;
      }
      newer.add(sample);
    }
    return new Reading(epoch, last, Math.max(0, first - after - 1), reset, newer.reversed());
  }

  public synchronized int size() {
    return samples.size();
  }
}

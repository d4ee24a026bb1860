package dev.heapwarden.detection.feature;

import java.util.Arrays;

/**
 * Points of one signal in bounded memory, however long they come: the newest as they came, older
 * ones the farther apart the older they are. They lie in levels of a fixed size. When a level is
 * full its three oldest become one of the next level, so that two neighbours which are {@code t}
 * old lie at most {@code 2t / size} apart, and a trend over minutes finds as many points as one
 * over hours. A size of 24 keeps the readings of a day, one every 15 s, in 135 points of 8 bytes.
 */
final class RollingSeries {
  /** What is kept of three points. */
  enum Kept {
    /**
     * The median at the time of the middle one. Unlike their mean it is no other figure than the
     * points' that are still as they came: a skewed noise makes no trend of its own.
     */
    MEDIAN,
    /** The highest at the time of the middle one, for what is only looked at for its peaks. */
    HIGHEST,
    /** The first as it came, for what is counted or set: no figure in between was ever true. */
    FIRST
  }

  private static final int MERGED = 3;

  private final int levelSize;
  private final int group;
  private final Kept kept;

  /** Milliseconds since the epoch of offset 0. */
  private long start;

  /** What the values are relative to: so a count in the billions keeps its last digits. */
  private double base;

  private int[] offsets = new int[4];
  private float[] values = new float[4];
  private int size;

  /** Points of each level, the newest level first. */
  private short[] held = new short[1];

  RollingSeries(int levelSize, Kept kept) {
    this(levelSize, kept, 1);
  }

  /**
   * Keeps or gives up several points in a row together.
   *
   * @param levelSize points of a level at most, a multiple of the group, at least three groups
   * @param group points that are nothing each alone
   */
  RollingSeries(int levelSize, Kept kept, int group) {
    this.levelSize = levelSize;
    this.kept = kept;
    this.group = group;
  }

  /**
   * Adds a point. One that comes late is put in its place among those that are kept as they came,
   * and left out where it is older than these.
   */
  void add(long millis, double value) {
    if (size == 0) {
      start = millis;
      base = value;
    }
    int offset = offset(millis);
    int oldest = size - held[0];
    int place = size;
    while (place > oldest && offsets[place - 1] > offset) {
      place--;
    }
    if (place > 0 && offsets[place - 1] > offset) {
      return;
    }
    insert(place, offset, (float) (value - base));
    for (int level = 0; held[level] > levelSize; level++) {
      merge(level);
    }
  }

  void dropBefore(long millis) {
    int first = 0;
    while (first < size && start + offsets[first] < millis) {
      first += group;
    }
    if (first > 0) {
      remove(0, Math.min(first, size));
      int left = size;
      for (int level = 0; level < held.length; level++) {
        held[level] = (short) Math.min(held[level], left);
        left -= held[level];
      }
    }
  }

  boolean isEmpty() {
    return size == 0;
  }

  /** Milliseconds since the epoch of the newest point; there must be one. */
  long last() {
    return start + offsets[size - 1];
  }

  /** As it is now, each point with how many it stands for. */
  Series toSeries(Frame frame) {
    var ages = new double[size];
    var levels = new double[size];
    var counts = new int[size];
    double startAge = frame.age(start);
    for (int i = 0; i < size; i++) {
      ages[i] = startAge + offsets[i] / 1e3;
      levels[i] = base + values[i];
    }
    int end = size;
    int count = 1;
    for (short ofLevel : held) {
      Arrays.fill(counts, end - ofLevel, end, count);
      end -= ofLevel;
      count *= MERGED;
    }
    return new Series(ages, levels, counts);
  }

  /** Offsets fit 24 days; what is kept is never as long, but the series may go on for years. */
  private int offset(long millis) {
    if (millis - start > Integer.MAX_VALUE) {
      int first = offsets[0];
      for (int i = 0; i < size; i++) {
        offsets[i] -= first;
      }
      start += first;
    }
    return Math.clamp(millis - start, Integer.MIN_VALUE, Integer.MAX_VALUE);
  }

  private void insert(int place, int offset, float value) {
    if (size == offsets.length) {
      int room = size + Math.max(4, levelSize / 4);
      offsets = Arrays.copyOf(offsets, room);
      values = Arrays.copyOf(values, room);
    }
    System.arraycopy(offsets, place, offsets, place + 1, size - place);
    System.arraycopy(values, place, values, place + 1, size - place);
    offsets[place] = offset;
    values[place] = value;
    size++;
    held[0]++;
  }

  /** Makes one group of the next level from the three oldest of a level. */
  private void merge(int level) {
    int first = size;
    for (int newer = 0; newer <= level; newer++) {
      first -= held[newer];
    }
    if (kept != Kept.FIRST) {
      offsets[first] = offsets[first + 1];
      values[first] =
          kept == Kept.MEDIAN
              ? median(values[first], values[first + 1], values[first + 2])
              : Math.max(Math.max(values[first], values[first + 1]), values[first + 2]);
    }
    remove(first + group, first + MERGED * group);
    if (level + 1 == held.length) {
      held = Arrays.copyOf(held, level + 2);
    }
    held[level] -= (short) (MERGED * group);
    held[level + 1] += (short) group;
  }

  private void remove(int from, int to) {
    System.arraycopy(offsets, to, offsets, from, size - to);
    System.arraycopy(values, to, values, from, size - to);
    size -= to - from;
  }

  private static float median(float a, float b, float c) {
    return Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));
  }
}

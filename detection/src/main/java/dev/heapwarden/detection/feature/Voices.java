package dev.heapwarden.detection.feature;

import dev.heapwarden.detection.sample.Origin;
import java.util.TreeMap;

/**
 * What several sources say of one signal. Each counts from a beginning of its own, and two of one
 * level differ a little: put together they would jump at every change of the speaker, so only one
 * of them is heard.
 */
final class Voices {
  private final TreeMap<Integer, SeriesBuilder> byRank = new TreeMap<>();

  void add(Origin origin, double age, double value) {
    byRank.computeIfAbsent(origin.rank(), _ -> new SeriesBuilder()).add(age, value);
  }

  /**
   * The finest of those that still speak.
   *
   * @param silence seconds behind the newest word of all after which one does no more
   */
  Series finest(double silence) {
    var all = byRank.values().stream().map(SeriesBuilder::build).toList();
    double newest = all.stream().mapToDouble(Series::lastAge).max().orElseThrow();
    return all.stream()
        .filter(series -> newest - series.lastAge() <= silence)
        .findFirst()
        .orElseThrow();
  }
}

package dev.heapwarden.probes.gomemory;

import org.jspecify.annotations.Nullable;

/**
 * What a map's keys are like, as counts over a sample of them: nothing of a key is in it.
 *
 * @param sampled keys that were looked at: all of a small map; which ones of a larger is chance
 * @param lengths of these
 * @param equalAfter how many of these would become a key that another already is, if each were
 *     written so; of a map much larger than the sample most of such others are not in it
 * @param tooLongToCompare of the sample: they count in the lengths only
 * @param spread of the entries over the table; null while they move to another one
 */
public record KeyFigures(
    int sampled,
    Lengths lengths,
    EqualAfter equalAfter,
    int tooLongToCompare,
    @Nullable Spread spread)
    implements MapReading.Keys {

  /**
   * Keys by their length in bytes.
   *
   * @param upTo32 of 0 to 32
   * @param upTo64 of 33 to 64
   * @param upTo128 of 65 to 128
   * @param longer of more
   */
  public record Lengths(int upTo32, int upTo64, int upTo128, int longer) {}

  /**
   * Keys that would be one with another.
   *
   * @param trimming of ASCII white space at both ends
   * @param caseFolding to lower case, of keys that are UTF-8
   * @param urlDecoding of percent signs with two hex digits, and of plus to a space
   */
  public record EqualAfter(int trimming, int caseFolding, int urlDecoding) {}

  /**
   * How the hashes spread the entries.
   *
   * @param groups of eight places that were looked at, called buckets up to Go 1.23
   * @param occupied of these hold an entry
   * @param occupiedIfEven how many would if every entry fell to any group alike
   * @param overflowing of these are full, so that a search may have to go on to another
   */
  public record Spread(int groups, int occupied, int occupiedIfEven, int overflowing) {}
}

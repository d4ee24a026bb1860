package dev.heapwarden.detection.verdict;

import java.util.regex.Pattern;

/** What a Go map is for, of one that keeps growing: whoever saw it, samples or a snapshot. */
public final class MapCause {
  /** Of a map whose values are made to be appended to. */
  private static final Pattern BUFFERS =
      Pattern.compile(
          "map\\[.+](\\[]string|\\[]\\[]byte|\\*?bytes\\.Buffer|\\*?strings\\.Builder)");

  /** As programs name their caches: in the package, the function that writes or the type. */
  private static final Pattern CACHE = Pattern.compile("(?i)cache|\\blru|memoiz");

  /** The map inside a sync.Map of Go 1.23 and before. */
  private static final String SYNC_MAP = "map[interface {}]*sync.entry";

  private MapCause() {}

  /**
   * The class of a leak.
   *
   * @param type such as {@code map[string]*main.session}; empty when unknown
   * @param site function that writes it, such as {@code main.handle}; empty when unknown
   */
  public static Cause of(String type, String site) {
    if (type.equals(SYNC_MAP)) {
      return Cause.SYNC_MAP;
    }
    if (BUFFERS.matcher(type).matches()) {
      return Cause.LOG_BUFFER;
    }
    return CACHE.matcher(site + " " + type).find()
        ? Cause.CACHE_WITHOUT_EVICTION
        : Cause.MAP_GROWTH;
  }
}

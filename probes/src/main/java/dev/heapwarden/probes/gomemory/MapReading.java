package dev.heapwarden.probes.gomemory;

/** What became of reading one map of a Go program. */
public sealed interface MapReading {
  /** Of a table that was made small nobody minds how empty it is. */
  int SMALLEST_EMPTIED = 1024;

  /**
   * What the map held.
   *
   * @param entries that it holds
   * @param capacity entries that its table has room for; Go never makes a table smaller
   * @param tableBytes of the table, without what its keys and elements refer to
   * @param emptied whether a quarter of the room is used at most, of {@value #SMALLEST_EMPTIED} or
   *     more: entries were deleted, or it was made for more than came
   * @param keys of a sample of its entries
   */
  record Told(long entries, long capacity, long tableBytes, boolean emptied, Keys keys)
      implements MapReading {
    Told(long entries, long capacity, long tableBytes, Keys keys) {
      this(
          entries,
          capacity,
          tableBytes,
          capacity >= SMALLEST_EMPTIED && entries <= capacity / 4,
          keys);
    }
  }

  /** What became of looking at its keys. */
  sealed interface Keys permits KeyFigures, Untold {}

  /**
   * Nothing is told.
   *
   * @param untold why
   */
  record Untold(String untold) implements MapReading, Keys {}
}

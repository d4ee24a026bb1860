package dev.heapwarden.detection.feature;

/** Unit of a feature's value; every value is a double. */
public enum Unit {
  BYTES("bytes"),
  BYTES_PER_SECOND("bytes/s"),
  /** 0.05 is five per cent. */
  FRACTION("fraction"),
  COUNT("count"),
  ENTRIES("entries"),
  PER_SECOND("1/s"),
  SECONDS("s");

  private final String symbol;

  Unit(String symbol) {
    this.symbol = symbol;
  }

  public String symbol() {
    return symbol;
  }
}

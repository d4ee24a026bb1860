package dev.heapwarden.probes.buffer;

import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A place in an agent's samples.
 *
 * @param epoch empty for a reader that has read nothing yet
 * @param sequence of the last sample that was read; 0 for none
 */
public record Position(String epoch, long sequence) {
  private static final Pattern NOTATION = Pattern.compile("([0-9A-Za-z-]{0,64}):([0-9]{1,18})");

  /** Before the first sample of any epoch. */
  public static Position start() {
    return new Position("", 0);
  }

  /** Reads {@code EPOCH:SEQUENCE}; empty when it is not that. */
  public static Optional<Position> parse(String text) {
    var matcher = NOTATION.matcher(text);
    return matcher.matches()
        ? Optional.of(new Position(matcher.group(1), Long.parseLong(matcher.group(2))))
        : Optional.empty();
  }
}

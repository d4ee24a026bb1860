package dev.heapwarden.crds;

import java.time.Duration;
import java.util.regex.Pattern;

/**
 * The notation of durations in the API: whole hours, minutes and seconds, such as {@code 1h30m} or
 * {@code 15s}.
 */
public final class Durations {
  /** Longest text: {@code 999999h999999m999999s}. */
  public static final int LENGTH = 21;

  private static final String HOURS = "[1-9][0-9]{0,5}h";
  private static final String MINUTES = "[1-9][0-9]{0,5}m";
  private static final String SECONDS = "[1-9][0-9]{0,5}s";

  /** Positive by construction: no sign, at least one unit. */
  public static final String PATTERN =
      "^("
          + (HOURS + "(" + MINUTES + ")?(" + SECONDS + ")?|")
          + (MINUTES + "(" + SECONDS + ")?|")
          + (SECONDS + ")$");

  /**
   * Validation rule of a field that holds a duration. A rule instead of a pattern, because the API
   * server answers a pattern's violation with the pattern, and a rule's with a message.
   */
  public static final String VALID = "self.matches('" + PATTERN + "')";

  public static final String MESSAGE = "must be a duration such as 1h30m, 5m or 15s";

  private static final Pattern NOTATION =
      Pattern.compile("^(?:([1-9][0-9]{0,5})h)?(?:([1-9][0-9]{0,5})m)?(?:([1-9][0-9]{0,5})s)?$");

  private Durations() {}

  /**
   * Reads a duration.
   *
   * @throws IllegalArgumentException when the text is empty or not in the notation
   */
  public static Duration parse(String text) {
    var matcher = NOTATION.matcher(text);
    if (text.isEmpty() || !matcher.matches()) {
      throw new IllegalArgumentException("not a duration such as 1h30m, 5m or 15s: '" + text + "'");
    }
    return Duration.ofHours(part(matcher.group(1)))
        .plusMinutes(part(matcher.group(2)))
        .plusSeconds(part(matcher.group(3)));
  }

  /** The shortest text that {@link #parse} reads back; fractions of a second are dropped. */
  public static String format(Duration duration) {
    var text = new StringBuilder();
    append(text, duration.toHours(), 'h');
    append(text, duration.toMinutesPart(), 'm');
    append(text, duration.toSecondsPart(), 's');
    return text.isEmpty() ? "0s" : text.toString();
  }

  private static long part(@org.jspecify.annotations.Nullable String digits) {
    return digits == null ? 0 : Long.parseLong(digits);
  }

  private static void append(StringBuilder text, long amount, char unit) {
    if (amount > 0) {
      text.append(amount).append(unit);
    }
  }
}

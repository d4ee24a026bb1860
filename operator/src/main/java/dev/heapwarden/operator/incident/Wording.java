package dev.heapwarden.operator.incident;

import dev.heapwarden.crds.Durations;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Figures as people read them in a column. */
public final class Wording {
  /** In a column, where nothing is known. */
  static final String NONE = "-";

  private static final double KIB = 1024;
  private static final double MIB = 1024 * KIB;
  private static final double GIB = 1024 * MIB;

  private Wording() {}

  /** Growth per hour in the unit that keeps it short, such as {@code 42 MiB/h}. */
  public static String growth(double bytesPerSecond) {
    var perHour = bytesPerSecond * 3600;
    var size = Math.abs(perHour);
    if (size >= GIB) {
      return amount(perHour / GIB) + " GiB/h";
    }
    return size >= MIB ? amount(perHour / MIB) + " MiB/h" : amount(perHour / KIB) + " KiB/h";
  }

  /** Such as {@code 3h20m}, as exact as one can act on. */
  public static String limitIn(@Nullable Duration timeToLimit) {
    if (timeToLimit == null) {
      return NONE;
    }
    var unit =
        timeToLimit.compareTo(Duration.ofHours(24)) >= 0
            ? ChronoUnit.HOURS
            : timeToLimit.compareTo(Duration.ofMinutes(10)) >= 0
                ? ChronoUnit.MINUTES
                : ChronoUnit.SECONDS;
    return Durations.format(timeToLimit.truncatedTo(unit));
  }

  private static String amount(double value) {
    return String.format(Locale.ROOT, Math.abs(value) < 10 ? "%.1f" : "%.0f", value);
  }
}

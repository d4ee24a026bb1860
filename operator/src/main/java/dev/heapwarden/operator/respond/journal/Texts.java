package dev.heapwarden.operator.respond.journal;

import dev.heapwarden.crds.Durations;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** Figures and names as people read them. */
public final class Texts {
  private static final double KIB = 1024;
  private static final double HOUR = 3600;

  private Texts() {}

  /** Such as 41.3 MiB. */
  public static String bytes(double bytes) {
    var units = new String[] {"B", "KiB", "MiB", "GiB", "TiB"};
    double amount = bytes;
    int unit = 0;
    while (Math.abs(amount) >= KIB && unit < units.length - 1) {
      amount /= KIB;
      unit++;
    }
    return unit == 0
        ? String.format(Locale.ROOT, "%.0f B", amount)
        : String.format(Locale.ROOT, "%.1f %s", amount, units[unit]);
  }

  /** Growth in bytes per second with its interval, such as 42.0 MiB/h (40.1..44.2). */
  public static String growth(double rate, double low, double high) {
    return "%s/h (95 %% %s..%s)"
        .formatted(bytes(rate * HOUR), bytes(low * HOUR), bytes(high * HOUR));
  }

  /** Such as 3h20m; days are hours. */
  public static String duration(Duration duration) {
    return duration.compareTo(Duration.ofHours(1)) >= 0
        ? Durations.format(duration.truncatedTo(ChronoUnit.MINUTES))
        : Durations.format(duration);
  }

  /** MapGrowth for MAP_GROWTH. */
  public static String enumName(Enum<?> constant) {
    return Arrays.stream(constant.name().split("_", -1))
        .map(word -> word.charAt(0) + word.substring(1).toLowerCase(Locale.ROOT))
        .collect(Collectors.joining());
  }
}

package dev.heapwarden.detection;

import dev.heapwarden.detection.verdict.Growth;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** Figures as people read them. */
final class Figures {
  private static final double KIB = 1024;
  private static final double MIB = 1024 * KIB;

  /** A figure below a twentieth of a unit is told in the next smaller one. */
  private static final double SHARE = 0.05;

  private static final DateTimeFormatter CLOCK =
      DateTimeFormatter.ofPattern("HH:mm", Locale.ROOT).withZone(ZoneOffset.UTC);

  private Figures() {}

  static String bytes(double bytes) {
    return Math.abs(bytes) >= SHARE * MIB
        ? String.format(Locale.ROOT, "%.1f MiB", bytes / MIB)
        : String.format(Locale.ROOT, "%.1f KiB", bytes / KIB);
  }

  /** Such as {@code 0.62 MiB/s (95 % 0.58 to 0.66)}. */
  static String rate(Growth growth) {
    double widest = Math.max(Math.abs(growth.low()), Math.abs(growth.high()));
    double unit = widest >= SHARE * MIB ? MIB : widest >= SHARE * KIB ? KIB : 1;
    return String.format(
        Locale.ROOT,
        "%.2f %s (95 %% %.2f to %.2f)",
        growth.bytesPerSecond() / unit,
        unit == MIB ? "MiB/s" : unit == KIB ? "KiB/s" : "B/s",
        growth.low() / unit,
        growth.high() / unit);
  }

  /** Such as {@code 1.1 GiB/h}. */
  static String perHour(double bytesPerSecond) {
    double perHour = bytesPerSecond * 3600;
    return perHour >= KIB * MIB
        ? String.format(Locale.ROOT, "%.1f GiB/h", perHour / KIB / MIB)
        : bytes(perHour) + "/h";
  }

  /** Such as {@code since 14:05 UTC,}; empty where nobody saw it begin. */
  static String since(Growth growth) {
    var since = growth.since();
    return since == null ? "" : since(since);
  }

  static String since(Instant since) {
    return " since " + CLOCK.format(since) + " UTC,";
  }

  /** Whole where that is exact enough, such as 310, and 0.25 below ten. */
  static String count(double count) {
    return String.format(Locale.ROOT, count < 10 ? "%.2f" : "%.0f", count);
  }

  /** Never rounded up to all. */
  static String percent(double share) {
    double percent = Math.floor(1e3 * share) / 10;
    return String.format(
        Locale.ROOT, percent == Math.rint(percent) ? "%.0f %%" : "%.1f %%", percent);
  }

  /** The two largest units, such as {@code 2h 5m}, {@code 3m 10s} or {@code 45s}. */
  static String duration(Duration duration) {
    if (duration.toDays() > 0) {
      return units(duration.toDays(), "d", duration.toHoursPart(), "h");
    }
    if (duration.toHours() > 0) {
      return units(duration.toHours(), "h", duration.toMinutesPart(), "m");
    }
    return duration.toMinutes() > 0
        ? units(duration.toMinutes(), "m", duration.toSecondsPart(), "s")
        : duration.toSeconds() + "s";
  }

  private static String units(long large, String largeUnit, int small, String smallUnit) {
    return large + largeUnit + (small == 0 ? "" : " " + small + smallUnit);
  }
}

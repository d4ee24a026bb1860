package dev.heapwarden.e2e.accuracy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Precog with Maximum Filtration (Jindal et al., arXiv 2106.08938, section III; {@code
 * precog_change.py} of github.com/ansjin/memory_leak_detection with its default figures). The
 * series is cut where it changes by more than noise; the stretches from each cut to now are leaks
 * where a line fits with R2 above 0.8, reaches the limit within the critical time, and is steeper
 * and longer than any such line in the training data; unless the memory in use is below what was
 * seen there, or below 40 % of the limit.
 *
 * <p>As they do it learns from the program's own past: here from the first quarter of a recording.
 * Their times (trends of 6 h, smoothing over 1 h, limit within 7 d) are shortened 540-fold, so that
 * a trend of 40 s is one.
 *
 * @param training seconds from the start
 */
record PrecogMf(double training) implements Method {
  private static final double SHORTER = 540;
  private static final double R2 = 0.8;
  private static final double TREND = 6 * 3600 / SHORTER;
  private static final double SMOOTHING = 3600 / SHORTER;
  private static final double CRITICAL = 7 * 24 * 3600 / SHORTER;
  private static final double FLOOR = 40;
  private static final double NEARLY_FULL = 95;
  private static final double CHANGE = 3.5;
  private static final int LARGEST = 10;

  /** A rising line: percent of the limit per second, and for how many seconds. */
  private record Stretch(double slope, double duration) {
    boolean atLeast(Stretch other) {
      return slope >= other.slope && duration >= other.duration;
    }
  }

  @Override
  public String name() {
    return "precog-mf";
  }

  @Override
  public Opinion judge(Moment moment) {
    var all = moment.utilization();
    var learnt = all.until(training);
    if (learnt.size() == all.size() || learnt.size() < 2 || all.last() < FLOOR) {
      return Opinion.QUIET;
    }
    var past = learnt.smoothed(SMOOTHING);
    var known = learn(past);
    var now = all.smoothed(SMOOTHING);
    var cuts = cuts(now);
    boolean found =
        cuts.stream()
            .map(cut -> now.slice(cut, now.size()))
            .flatMap(window -> critical(window).stream())
            .anyMatch(stretch -> moreSevere(stretch, known));
    return Opinion.alarmIf(found && isFuller(now.slice(cuts.getLast(), now.size()), past));
  }

  /** Lines in the training data that ended there. */
  private static List<Stretch> learn(Utilization past) {
    var cuts = new ArrayList<>(cuts(past));
    cuts.add(past.size() - 1);
    var known = new ArrayList<Stretch>();
    for (int from = 0; from < cuts.size() - 1; from++) {
      for (int to = from + 1; to < cuts.size() - 1; to++) {
        known.addAll(critical(past.slice(cuts.get(from), cuts.get(to))));
      }
    }
    return known;
  }

  private static boolean moreSevere(Stretch found, List<Stretch> known) {
    var severest =
        new Stretch(
            known.stream().mapToDouble(Stretch::slope).max().orElse(0),
            Math.max(TREND, known.stream().mapToDouble(Stretch::duration).max().orElse(0)));
    return found.atLeast(severest) || known.stream().anyMatch(found::atLeast);
  }

  /** The line through a window, where it is one and is critical. */
  private static List<Stretch> critical(Utilization window) {
    if (window.span() < TREND) {
      return List.of();
    }
    var line = window.line();
    return line.slope() > 0 && line.r2() > R2 && line.secondsToLimit(window.last()) <= CRITICAL
        ? List.of(new Stretch(line.slope(), window.span()))
        : List.of();
  }

  /** The maximum filtration. */
  private static boolean isFuller(Utilization last, Utilization past) {
    double before = Utilization.median(largest(past.percent()));
    return Arrays.stream(largest(last.percent()))
        .noneMatch(percent -> percent < NEARLY_FULL && percent < before);
  }

  private static double[] largest(double[] values) {
    var sorted = values.clone();
    Arrays.sort(sorted);
    return Arrays.copyOfRange(sorted, Math.max(0, sorted.length - LARGEST), sorted.length);
  }

  /**
   * Where the series changes by more than noise (modified z-score), a trend's length apart; and 0.
   */
  private static List<Integer> cuts(Utilization series) {
    var changes =
        IntStream.range(1, series.size())
            .mapToDouble(i -> Math.abs(series.percent()[i] - series.percent()[i - 1]))
            .toArray();
    double median = Utilization.median(changes);
    double deviation =
        Utilization.median(
            Arrays.stream(changes).map(change -> Math.abs(change - median)).toArray());
    var cuts = new ArrayList<>(List.of(0));
    for (int i = 1; i < series.size(); i++) {
      boolean jump = 0.6745 * Math.abs(changes[i - 1] - median) > CHANGE * deviation;
      if (jump && series.seconds()[i] - series.seconds()[cuts.getLast()] >= TREND) {
        cuts.add(i);
      }
    }
    return cuts;
  }
}

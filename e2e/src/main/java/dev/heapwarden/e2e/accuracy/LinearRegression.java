package dev.heapwarden.e2e.accuracy;

/**
 * What alerts of monitoring tools do with resident memory: a line by least squares over all of it
 * since warm-up, taken for a leak where it rises and explains four fifths of the variance.
 */
final class LinearRegression implements Method {
  private static final double R2 = 0.8;
  private static final int POINTS = 8;

  @Override
  public String name() {
    return "rss-regression";
  }

  @Override
  public Opinion judge(Moment moment) {
    var all = moment.utilization();
    var warm = all.latest(moment.age().minus(moment.settings().warmUp()).toMillis() / 1e3);
    var line = warm.line();
    return Opinion.alarmIf(
        moment.warm() && warm.size() >= POINTS && line.slope() > 0 && line.r2() >= R2);
  }
}

package dev.heapwarden.e2e.accuracy;

/**
 * The alert {@code predict_linear(container_memory_rss[1h], 4 * 3600) > limit} of Prometheus,
 * {@code for: 5m}: it held a window ago too. Its times are as much shorter as the corpus' time is
 * scaled.
 *
 * @param scale of the corpus
 */
record PredictLinear(int scale) implements Method {
  private static final double RANGE = 3600;
  private static final double AHEAD = 4 * 3600;

  @Override
  public String name() {
    return "predict-linear";
  }

  @Override
  public Opinion judge(Moment moment) {
    var all = moment.utilization();
    double now = moment.age().toMillis() / 1e3;
    double before = now - moment.settings().window().toSeconds();
    return Opinion.alarmIf(
        moment.warm() && exceedsTheLimit(all, now) && exceedsTheLimit(all, before));
  }

  /** A range that is not full yet is extrapolated from too, as Prometheus does. */
  private boolean exceedsTheLimit(Utilization all, double at) {
    var range = all.until(at).latest(RANGE / scale);
    return range.size() >= 2 && range.line().at(at + AHEAD / scale) > 100;
  }
}

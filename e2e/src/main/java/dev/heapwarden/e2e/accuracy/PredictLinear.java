package dev.heapwarden.e2e.accuracy;

/**
 * The alert {@code predict_linear(container_memory_rss[1h], 4 * 3600) > limit} of Prometheus, once
 * an hour of readings is there; both times as much shorter as the corpus' time is scaled.
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
    var range = moment.utilization().latest(RANGE / scale);
    double now = moment.age().toMillis() / 1e3;
    // A range that is not full is extrapolated from too, as Prometheus does.
    return Opinion.alarmIf(
        moment.warm() && range.size() >= 2 && range.line().at(now + AHEAD / scale) > 100);
  }
}

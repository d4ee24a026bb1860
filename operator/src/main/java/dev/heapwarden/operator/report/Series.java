package dev.heapwarden.operator.report;

import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleBinaryOperator;

/** A gauge under construction: values with the same labels become one. */
final class Series {
  private final String name;
  private final String help;
  private final DoubleBinaryOperator merge;
  private final List<String> labels;
  private final Map<List<String>, Double> values = new LinkedHashMap<>();

  /**
   * Begins without a value.
   *
   * @param merge what becomes of two values with the same labels
   */
  Series(String name, String help, DoubleBinaryOperator merge, String... labels) {
    this.name = name;
    this.help = help;
    this.merge = merge;
    this.labels = List.of(labels);
  }

  /** A series that counts or has one value. */
  static Series sum(String name, String help, String... labels) {
    return new Series(name, help, Double::sum, labels);
  }

  Series add(double value, String... of) {
    values.merge(List.of(of), value, merge::applyAsDouble);
    return this;
  }

  Series count(long number, String... of) {
    return add((double) number, of);
  }

  GaugeSnapshot build() {
    var gauge = GaugeSnapshot.builder().name(name).help(help);
    values.forEach(
        (of, value) ->
            gauge.dataPoint(
                GaugeDataPointSnapshot.builder()
                    .labels(Labels.of(labels, of))
                    .value(value)
                    .build()));
    return gauge.build();
  }
}

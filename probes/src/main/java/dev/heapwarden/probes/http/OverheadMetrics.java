package dev.heapwarden.probes.http;

import static dev.heapwarden.probes.http.ContainerMetrics.PREFIX;
import static dev.heapwarden.probes.http.ContainerMetrics.labels;

import dev.heapwarden.detection.sample.ContainerState;
import dev.heapwarden.probes.cost.Overhead;
import dev.heapwarden.probes.cost.Spending;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import java.util.Collection;
import java.util.List;

/** What watching costs the watched containers. */
final class OverheadMetrics {
  private OverheadMetrics() {}

  static List<MetricSnapshot> of(Collection<ContainerState> states, Spending spending) {
    var ratio =
        GaugeSnapshot.builder()
            .name(PREFIX + "overhead_ratio")
            .help(
                "What watching cost the container in the last minute, of the larger of its CPU"
                    + " time and 10 millicores");
    var seconds =
        CounterSnapshot.builder()
            .name(PREFIX + "overhead_cpu_seconds")
            .help("CPU time that watching took from the container, by what took it");
    for (var state : states) {
      var labels = labels(state.container());
      spending
          .overhead(state.container())
          .ifPresent(
              overhead -> {
                ratio.dataPoint(
                    GaugeDataPointSnapshot.builder()
                        .labels(labels)
                        .value(overhead.ratio())
                        .build());
                count(seconds, labels, overhead);
              });
    }
    return List.of(ratio.build(), seconds.build());
  }

  private static void count(CounterSnapshot.Builder counter, Labels labels, Overhead overhead) {
    overhead
        .seconds()
        .forEach(
            (cause, seconds) ->
                counter.dataPoint(
                    CounterDataPointSnapshot.builder()
                        .labels(labels.add("cause", cause.text()))
                        .value(seconds)
                        .build()));
  }
}

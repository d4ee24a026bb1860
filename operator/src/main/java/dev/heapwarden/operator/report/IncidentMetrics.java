package dev.heapwarden.operator.report;

import dev.heapwarden.crds.incident.LeakIncident;
import dev.heapwarden.crds.incident.LeakIncidentStatus;
import dev.heapwarden.crds.incident.Phase;
import dev.heapwarden.crds.incident.Step;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.Quantile;
import io.prometheus.metrics.model.snapshots.Quantiles;
import io.prometheus.metrics.model.snapshots.SummarySnapshot;
import io.prometheus.metrics.model.snapshots.SummarySnapshot.SummaryDataPointSnapshot;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * What the incidents that are kept say. They hold the record, so a restart of the operator changes
 * no figure; an incident that is deleted takes its share along.
 */
final class IncidentMetrics {
  private static final String PREFIX = "heapwarden_operator_";

  /** Refusals begin with their reason: OwnerCannotReplace: ... */
  private static final Pattern REASON = Pattern.compile("([A-Z][A-Za-z]{2,39}): ");

  private static final double[] QUANTILES = {0.5, 0.9, 1};

  private final Series incidents =
      Series.sum(
          PREFIX + "incidents",
          "LeakIncidents that are kept, by where they stand",
          "namespace",
          "phase",
          "verdict",
          "layer");
  private final Series steps =
      Series.sum(
          PREFIX + "steps", "Steps of LeakIncidents", "namespace", "action", "level", "state");
  private final Series refused =
      Series.sum(
          PREFIX + "steps_refused",
          "Steps that were refused, by reason",
          "namespace",
          "action",
          "reason");
  private final Series lastEnd =
      new Series(
          PREFIX + "incident_last_end_timestamp_seconds",
          "When the newest LeakIncident of a phase ended",
          Math::max,
          "namespace",
          "phase");
  private final Series episode =
      new Series(
          PREFIX + "incident_episode",
          "How often a container has leaked by now whose LeakIncident has not ended; 1 is the first"
              + " time",
          Math::max,
          "namespace",
          "workload_kind",
          "workload",
          "container");
  private final Map<String, List<Double>> detection = new TreeMap<>();
  private final Map<String, List<Double>> mitigation = new TreeMap<>();

  private IncidentMetrics() {}

  static List<MetricSnapshot> of(List<LeakIncident> kept) {
    var metrics = new IncidentMetrics();
    kept.stream()
        .filter(incident -> incident.getStatus() != null && incident.getStatus().phase() != null)
        .forEach(metrics::take);
    return List.of(
        metrics.incidents.build(),
        metrics.steps.build(),
        metrics.refused.build(),
        metrics.lastEnd.build(),
        metrics.episode.build(),
        summary(
            PREFIX + "time_to_detect_seconds",
            "From the container's start to the confirmed leak that was answered",
            metrics.detection),
        summary(
            PREFIX + "time_to_mitigate_seconds",
            "From the confirmed leak to its end as Mitigated or Resolved",
            metrics.mitigation));
  }

  private void take(LeakIncident incident) {
    var namespace = incident.getMetadata().getNamespace();
    var status = incident.getStatus();
    if (!status.phase().terminal()) {
      var leak = incident.getSpec().target();
      episode.add(leak.episode(), namespace, leak.kind(), leak.name(), leak.container());
    }
    take(namespace, status);
  }

  private void take(String namespace, LeakIncidentStatus status) {
    incidents.add(1, namespace, text(status.phase()), status.verdict(), status.layer());
    status.steps().forEach(step -> take(namespace, step));
    var baseline = status.baseline();
    if (baseline != null) {
      detection
          .computeIfAbsent(namespace, _ -> new ArrayList<>())
          .add((double) baseline.containerAgeSeconds());
    }
    if (status.endedAt() == null) {
      return;
    }
    var ended = Instant.parse(status.endedAt());
    lastEnd.add(ended.toEpochMilli() / 1e3, namespace, text(status.phase()));
    if (status.phase() == Phase.MITIGATED || status.phase() == Phase.RESOLVED) {
      mitigation
          .computeIfAbsent(namespace, _ -> new ArrayList<>())
          .add(Duration.between(Instant.parse(status.openedAt()), ended).toMillis() / 1e3);
    }
  }

  private void take(String namespace, Step step) {
    steps.add(1, namespace, step.action(), Integer.toString(step.level()), text(step.state()));
    if (step.state() == Step.State.REFUSED) {
      refused.add(1, namespace, step.action(), reason(step));
    }
  }

  private static String reason(Step refusal) {
    var said = REASON.matcher(refusal.message() == null ? "" : refusal.message());
    return said.lookingAt() ? said.group(1) : "Other";
  }

  private static String text(Enum<?> constant) {
    return Reason.camel(constant);
  }

  private static MetricSnapshot summary(
      String name, String help, Map<String, List<Double>> secondsByNamespace) {
    var summary = SummarySnapshot.builder().name(name).help(help);
    secondsByNamespace.forEach(
        (namespace, seconds) -> {
          Collections.sort(seconds);
          var quantiles = Quantiles.builder();
          for (double quantile : QUANTILES) {
            // Nearest rank.
            int rank = (int) Math.ceil(quantile * seconds.size());
            quantiles.quantile(new Quantile(quantile, seconds.get(rank - 1)));
          }
          summary.dataPoint(
              SummaryDataPointSnapshot.builder()
                  .labels(Labels.of("namespace", namespace))
                  .quantiles(quantiles.build())
                  .count(seconds.size())
                  .sum(seconds.stream().mapToDouble(Double::doubleValue).sum())
                  .build());
        });
    return summary.build();
  }
}

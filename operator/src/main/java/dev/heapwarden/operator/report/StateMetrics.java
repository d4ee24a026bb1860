package dev.heapwarden.operator.report;

import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * What the operator knows, as gauges. Only the leader tells of the cluster: summed over the
 * replicas every figure is right.
 */
final class StateMetrics implements MultiCollector {
  private static final String OPERATOR = "heapwarden_operator_";
  private static final String WORKLOAD = "heapwarden_workload_";
  private static final String[] WORKLOAD_LABELS = {
    "namespace", "policy", "workload_kind", "workload", "container", "verdict"
  };

  private final OperatorState state;

  StateMetrics(OperatorState state) {
    this.state = state;
  }

  @Override
  public MetricSnapshots collect() {
    var leading =
        Series.sum(OPERATOR + "leader", "1 on the replica that asks agents and acts, else 0")
            .add(state.leading() ? 1 : 0)
            .build();
    if (!state.leading()) {
      return new MetricSnapshots(leading);
    }
    var all = new ArrayList<MetricSnapshot>(List.of(leading));
    all.addAll(ofAgents());
    all.addAll(ofContainers());
    all.addAll(IncidentMetrics.of(state.incidents()));
    return new MetricSnapshots(all);
  }

  private List<MetricSnapshot> ofAgents() {
    return List.of(
        Series.sum(OPERATOR + "agents", "Agents by whether they answer", "state")
            .count(state.answeringAgents(), "Answering")
            .count(state.silentAgents(), "Silent")
            .build(),
        Series.sum(
                OPERATOR + "sample_lag_seconds",
                "Since the last answer of the agent that answered longest ago")
            .add(seconds(state.sampleLag()))
            .build(),
        Series.sum(OPERATOR + "containers_watched", "Containers that agents watch")
            .count(state.watched())
            .build(),
        Series.sum(
                OPERATOR + "containers_attached",
                "Containers that agents watch with every probe attached")
            .count(state.attached())
            .build());
  }

  private List<MetricSnapshot> ofContainers() {
    var verdicts =
        Series.sum(
            OPERATOR + "verdicts",
            "Containers by their newest verdict; Unseen where none can be given",
            "namespace",
            "policy",
            "verdict");
    var growth =
        new Series(
            WORKLOAD + "growth_bytes_per_second",
            "Growth of the live heap, else of anonymous memory, of the pod in service that grows"
                + " fastest",
            Math::max,
            WORKLOAD_LABELS);
    var toLimit =
        new Series(
            WORKLOAD + "time_to_limit_seconds",
            "Until the first pod in service reaches its memory limit at its growth",
            Math::min,
            WORKLOAD_LABELS);
    for (var standing : state.standings()) {
      verdicts.add(1, standing.namespace(), standing.policy(), standing.verdict());
      if (!standing.quarantined()) {
        standing.growth().ifPresent(bytes -> growth.add(bytes, workload(standing)));
        standing.secondsToLimit().ifPresent(left -> toLimit.add(left, workload(standing)));
      }
    }
    return List.of(
        Series.sum(OPERATOR + "policies", "MemoryPolicies that are evaluated")
            .count(state.policies())
            .build(),
        Series.sum(OPERATOR + "verdict_age_seconds", "Age of the oldest among the newest verdicts")
            .add(seconds(state.verdictAge()))
            .build(),
        verdicts.build(),
        growth.build(),
        toLimit.build());
  }

  private static String[] workload(Standing standing) {
    return new String[] {
      standing.namespace(),
      standing.policy(),
      standing.kind(),
      standing.workload(),
      standing.container(),
      standing.verdict()
    };
  }

  private static double seconds(Duration duration) {
    return duration.toMillis() / 1e3;
  }
}

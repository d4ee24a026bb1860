package dev.heapwarden.probes.http;

import dev.heapwarden.detection.sample.Attachment;
import dev.heapwarden.detection.sample.ContainerKey;
import dev.heapwarden.detection.sample.ContainerState;
import dev.heapwarden.detection.sample.Signal;
import dev.heapwarden.probes.cost.Spending;
import dev.heapwarden.probes.sample.Ledger;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BinaryOperator;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The newest figures of the watched containers, labelled as the kubelet labels them (namespace,
 * pod, container): a scrape that adds labels of the agent's own pod needs honor_labels.
 */
final class ContainerMetrics implements MultiCollector {
  static final String PREFIX = "heapwarden_container_";

  private final Supplier<List<ContainerState>> containers;
  private final Ledger ledger;
  private final Spending spending;

  private static final Map<Attachment.State, Long> NONE =
      Arrays.stream(Attachment.State.values())
          .collect(Collectors.toUnmodifiableMap(Function.identity(), _ -> 0L));

  ContainerMetrics(Supplier<List<ContainerState>> containers, Ledger ledger, Spending spending) {
    this.containers = containers;
    this.ledger = ledger;
    this.spending = spending;
  }

  @Override
  public MetricSnapshots collect() {
    var states = unique(containers.get());
    return new MetricSnapshots(
        Stream.of(
                ofSignals(states),
                List.of(maps(states)),
                ofProbes(states),
                OverheadMetrics.of(states, spending))
            .flatMap(List::stream)
            .toList());
  }

  /** While a container is replaced by one of the same name both may be known: the newer one. */
  private static Collection<ContainerState> unique(List<ContainerState> states) {
    return states.stream()
        .collect(
            Collectors.toMap(
                state -> labels(state.container()),
                Function.identity(),
                BinaryOperator.maxBy(Comparator.comparing(ContainerState::startedAt))))
        .values();
  }

  private List<MetricSnapshot> ofSignals(Collection<ContainerState> states) {
    return SignalMetric.ALL.entrySet().stream()
        .map(
            told ->
                told.getKey().kind() == Signal.Kind.COUNTER
                    ? counter(told.getKey(), told.getValue(), states)
                    : gauge(told.getKey(), told.getValue(), states))
        .toList();
  }

  private MetricSnapshot gauge(
      Signal signal, SignalMetric metric, Collection<ContainerState> states) {
    var gauge = gauge(metric.name(), metric.help());
    values(signal, states).forEach((labels, value) -> gauge.dataPoint(level(labels, value)));
    return gauge.build();
  }

  /** Prometheus' text format adds _total to the name. */
  private MetricSnapshot counter(
      Signal signal, SignalMetric metric, Collection<ContainerState> states) {
    var counter = CounterSnapshot.builder().name(PREFIX + metric.name()).help(metric.help());
    values(signal, states)
        .forEach(
            (labels, value) ->
                counter.dataPoint(
                    CounterDataPointSnapshot.builder().labels(labels).value(value).build()));
    return counter.build();
  }

  private Map<Labels, Double> values(Signal signal, Collection<ContainerState> states) {
    var values = new TreeMap<Labels, Double>();
    for (var state : states) {
      var value = ledger.values(state.container()).get(signal);
      if (value != null) {
        values.put(labels(state.container()), value);
      }
    }
    return values;
  }

  private MetricSnapshot maps(Collection<ContainerState> states) {
    var entries =
        gauge(
            "map_entries",
            "Entries of the largest Go maps that the function grows, when one last grew");
    for (var state : states) {
      ledger
          .largestMaps(state.container())
          .forEach(
              (site, count) ->
                  entries.dataPoint(
                      level(labels(state.container()).add("site", site), (double) count)));
    }
    return entries.build();
  }

  private static List<MetricSnapshot> ofProbes(Collection<ContainerState> states) {
    var watched = GaugeSnapshot.builder().name("heapwarden_agent_containers");
    watched.help("Containers that policies select on this node, by runtime");
    states.stream()
        .collect(
            Collectors.groupingBy(ContainerState::runtime, TreeMap::new, Collectors.counting()))
        .forEach(
            (runtime, count) ->
                watched.dataPoint(
                    level(
                        Labels.of("runtime", runtime.name().toLowerCase(Locale.ROOT)),
                        (double) count)));
    var probes = GaugeSnapshot.builder().name("heapwarden_agent_probes");
    probes.help(
        "Probes of containers by state; of a runtime's own probes only where it is judged. The"
            + " policy's status says why one is refused");
    counts(states)
        .forEach(
            (probe, counts) ->
                counts.forEach(
                    (state, count) ->
                        probes.dataPoint(
                            level(
                                Labels.of(
                                    "probe", probe, "state", state.name().toLowerCase(Locale.ROOT)),
                                (double) count))));
    var attached =
        gauge("probe_attached", "1 when the probe is seen to be attached or read, else 0");
    for (var state : states) {
      for (var found : state.attachments()) {
        attached.dataPoint(
            level(
                labels(state.container()).add("probe", found.probe()),
                found.state() == Attachment.State.ATTACHED ? 1 : 0));
      }
    }
    return List.of(watched.build(), probes.build(), attached.build());
  }

  /** Of each probe every state, also one in which none is. */
  private static Map<String, Map<Attachment.State, Long>> counts(
      Collection<ContainerState> states) {
    var counts = new TreeMap<String, Map<Attachment.State, Long>>();
    for (var state : states) {
      for (var found : state.attachments()) {
        var ofProbe = counts.computeIfAbsent(found.probe(), _ -> new EnumMap<>(NONE));
        if (found.isDue(state.runtime())) {
          ofProbe.merge(found.state(), 1L, Long::sum);
        }
      }
    }
    return counts;
  }

  static Labels labels(ContainerKey key) {
    return Labels.of("namespace", key.namespace(), "pod", key.pod(), "container", key.container());
  }

  private static GaugeSnapshot.Builder gauge(String name, String help) {
    return GaugeSnapshot.builder().name(PREFIX + name).help(help);
  }

  private static GaugeDataPointSnapshot level(Labels labels, double value) {
    return GaugeDataPointSnapshot.builder().labels(labels).value(value).build();
  }
}

package dev.heapwarden.probes.http;

import dev.heapwarden.detection.sample.Attachment;
import dev.heapwarden.detection.sample.ContainerState;
import dev.heapwarden.probes.probe.ProbeCounters;
import dev.heapwarden.probes.sample.Ledger;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;

/**
 * The agent's figures for Prometheus. Sizes and counts only, never contents. Containers are
 * labelled as the kubelet labels them (namespace, pod, container): a scrape that adds labels of the
 * agent's own pod needs honor_labels.
 */
public final class AgentMetrics {
  private static final String PREFIX = "heapwarden_agent_";

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final Supplier<List<ContainerState>> containers;
  private final Ledger ledger;

  public AgentMetrics(
      Supplier<List<ContainerState>> containers,
      Ledger ledger,
      ProbeCounters counters,
      BooleanSupplier probing,
      Supplier<Number> buffered) {
    this.containers = containers;
    this.ledger = ledger;
    registry.getPrometheusRegistry().register(this::ofContainers);
    Gauge.builder(PREFIX + "buffered_samples", buffered)
        .description("Samples that the operator can still read")
        .register(registry);
    Gauge.builder(PREFIX + "bpftrace_running", () -> probing.getAsBoolean() ? 1 : 0)
        .description("1 while the node's program runs or has nothing to watch, else 0")
        .register(registry);
    counter("bpftrace_lost_events", "Events that bpftrace lost", counters, ProbeCounters::lost);
    counter(
        "untold_map_growths",
        "Map growths above the rate that is told",
        counters,
        ProbeCounters::untold);
    counter("bpftrace_starts", "Node programs started", counters, ProbeCounters::starts);
    counter("bpftrace_deaths", "Node programs that ended unasked", counters, ProbeCounters::deaths);
  }

  /** Everything in Prometheus' text format. */
  public String scrape() {
    return registry.scrape();
  }

  private MetricSnapshots ofContainers() {
    var anonymous = gauge("anonymous_memory_bytes", "Anonymous memory of the container's cgroup");
    var live = gauge("post_gc_live_heap_bytes", "Heap that the last collection found live");
    var attached =
        gauge("probe_attached", "1 when bpftrace said that the probe is attached, else 0");
    var collections = counter("collections", "Collections since the agent first saw the container");
    var faults = counter("page_faults", "User page faults since the agent first saw the container");
    for (var container : containers.get()) {
      var key = container.container();
      var labels =
          Labels.of("namespace", key.namespace(), "pod", key.pod(), "container", key.container());
      ledger
          .figures(key)
          .ifPresent(
              figures -> {
                figures.anonymous().ifPresent(bytes -> anonymous.dataPoint(level(labels, bytes)));
                figures.live().ifPresent(bytes -> live.dataPoint(level(labels, bytes)));
                collections.dataPoint(count(labels, figures.collections()));
                faults.dataPoint(count(labels, figures.faults()));
              });
      for (var attachment : container.attachments()) {
        attached.dataPoint(
            level(
                labels.add("probe", attachment.probe()),
                attachment.state() == Attachment.State.ATTACHED ? 1 : 0));
      }
    }
    return new MetricSnapshots(
        anonymous.build(), live.build(), attached.build(), collections.build(), faults.build());
  }

  private static GaugeSnapshot.Builder gauge(String name, String help) {
    return GaugeSnapshot.builder().name(PREFIX + name).help(help);
  }

  /** Prometheus' text format adds _total to the name. */
  private static CounterSnapshot.Builder counter(String name, String help) {
    return CounterSnapshot.builder().name(PREFIX + name).help(help);
  }

  private static GaugeSnapshot.GaugeDataPointSnapshot level(Labels labels, double value) {
    return GaugeSnapshot.GaugeDataPointSnapshot.builder().labels(labels).value(value).build();
  }

  private static CounterSnapshot.CounterDataPointSnapshot count(Labels labels, long value) {
    return CounterSnapshot.CounterDataPointSnapshot.builder()
        .labels(labels)
        .value((double) value)
        .build();
  }

  private void counter(
      String name,
      String description,
      ProbeCounters counters,
      ToDoubleFunction<ProbeCounters> count) {
    FunctionCounter.builder(PREFIX + name, counters, count)
        .description(description)
        .register(registry);
  }
}

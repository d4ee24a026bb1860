package dev.heapwarden.probes.http;

import dev.heapwarden.detection.sample.Attachment;
import dev.heapwarden.detection.sample.ContainerState;
import dev.heapwarden.probes.probe.ProbeCounters;
import dev.heapwarden.probes.sample.Ledger;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** The agent's figures for Prometheus. Sizes and counts only, never contents. */
public final class AgentMetrics {
  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final Supplier<List<ContainerState>> containers;
  private final Ledger ledger;
  private final MultiGauge anonymous =
      gauge("anonymous_memory", "Anonymous memory of the container's cgroup", "bytes");
  private final MultiGauge live =
      gauge("post_gc_live_heap", "Heap that the last collection found live", "bytes");
  private final MultiGauge collections =
      gauge("collections", "Collections since the agent first saw the container", "");
  private final MultiGauge faults =
      gauge("page_faults", "User page faults since the agent first saw the container", "");
  private final MultiGauge attached =
      gauge("probe_attached", "1 when bpftrace said that the probe is attached, else 0", "");

  public AgentMetrics(
      Supplier<List<ContainerState>> containers,
      Ledger ledger,
      ProbeCounters counters,
      BooleanSupplier probing,
      Supplier<Number> buffered) {
    this.containers = containers;
    this.ledger = ledger;
    Gauge.builder("heapwarden_agent_buffered_samples", buffered)
        .description("Samples that the operator can still read")
        .register(registry);
    Gauge.builder("heapwarden_agent_bpftrace_running", () -> probing.getAsBoolean() ? 1 : 0)
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
  public synchronized String scrape() {
    var anonymousRows = new ArrayList<MultiGauge.Row<?>>();
    var liveRows = new ArrayList<MultiGauge.Row<?>>();
    var collectionRows = new ArrayList<MultiGauge.Row<?>>();
    var faultRows = new ArrayList<MultiGauge.Row<?>>();
    var attachedRows = new ArrayList<MultiGauge.Row<?>>();
    for (var container : containers.get()) {
      var key = container.container();
      var tags =
          Tags.of("namespace", key.namespace(), "pod", key.pod(), "container", key.container());
      ledger
          .figures(key)
          .ifPresent(
              figures -> {
                figures
                    .anonymous()
                    .ifPresent(bytes -> anonymousRows.add(MultiGauge.Row.of(tags, bytes)));
                figures.live().ifPresent(bytes -> liveRows.add(MultiGauge.Row.of(tags, bytes)));
                collectionRows.add(MultiGauge.Row.of(tags, figures.collections()));
                faultRows.add(MultiGauge.Row.of(tags, figures.faults()));
              });
      for (var attachment : container.attachments()) {
        attachedRows.add(
            MultiGauge.Row.of(
                tags.and("probe", attachment.probe()),
                attachment.state() == Attachment.State.ATTACHED ? 1 : 0));
      }
    }
    anonymous.register(anonymousRows, true);
    live.register(liveRows, true);
    collections.register(collectionRows, true);
    faults.register(faultRows, true);
    attached.register(attachedRows, true);
    return registry.scrape();
  }

  private MultiGauge gauge(String name, String description, String unit) {
    var builder = MultiGauge.builder("heapwarden_agent_" + name).description(description);
    return (unit.isEmpty() ? builder : builder.baseUnit(unit)).register(registry);
  }

  private void counter(
      String name,
      String description,
      ProbeCounters counters,
      java.util.function.ToDoubleFunction<ProbeCounters> count) {
    FunctionCounter.builder("heapwarden_agent_" + name, counters, count)
        .description(description)
        .register(registry);
  }
}

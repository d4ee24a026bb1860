package dev.heapwarden.probes.http;

import com.sun.management.OperatingSystemMXBean;
import dev.heapwarden.detection.sample.ContainerState;
import dev.heapwarden.probes.buffer.SampleBuffer;
import dev.heapwarden.probes.cost.Spending;
import dev.heapwarden.probes.gclog.GcLogCounts;
import dev.heapwarden.probes.probe.ProbeCounters;
import dev.heapwarden.probes.sample.Ledger;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;

/**
 * The agent's figures for Prometheus, of itself and of the containers that it watches; {@code
 * docs/metrics.md} lists them. Sizes and counts only, never contents.
 */
public final class AgentMetrics {
  private static final String PREFIX = "heapwarden_agent_";

  private final PrometheusMeterRegistry registry;

  /**
   * Adds what it knows to a registry.
   *
   * @param registry may hold other parts' meters
   * @param probing whether bpftrace runs, or nothing is there for it to do
   */
  public AgentMetrics(
      PrometheusMeterRegistry registry,
      Supplier<List<ContainerState>> containers,
      Ledger ledger,
      Spending spending,
      ProbeCounters counters,
      BooleanSupplier probing,
      SampleBuffer buffer,
      GcLogCounts logs) {
    this.registry = registry;
    registry.getPrometheusRegistry().register(new ContainerMetrics(containers, ledger, spending));
    Gauge.builder(PREFIX + "buffered_samples", buffer::size)
        .description("Samples that the operator can still read")
        .register(registry);
    counter(
        "overwritten_samples",
        "Samples that made room for newer ones",
        buffer,
        SampleBuffer::overwritten);
    Gauge.builder(PREFIX + "bpftrace_running", () -> probing.getAsBoolean() ? 1 : 0)
        .description("1 while the node's program runs or has nothing to watch, else 0")
        .register(registry);
    counter("bpftrace_lost_events", "Events that bpftrace lost", counters, ProbeCounters::lost);
    counter(
        "bpftrace_map_full",
        "Events that no map of bpftrace's program had room for",
        counters,
        ProbeCounters::mapFull);
    counter(
        "untold_map_growths",
        "Map growths above the rate that is told",
        counters,
        ProbeCounters::untold);
    counter("bpftrace_starts", "Node programs started", counters, ProbeCounters::starts);
    counter("bpftrace_deaths", "Node programs that ended unasked", counters, ProbeCounters::deaths);
    counter(
        "gc_log_understood_lines",
        "Lines of collections in logs that told a figure",
        logs,
        GcLogCounts::understoodLines);
    counter(
        "gc_log_unknown_lines",
        "Lines of collections in logs that told none, or are of no known form",
        logs,
        GcLogCounts::unknownLines);
    counter(
        "gc_log_passed_bytes",
        "Bytes of logs that were written faster than they are read, and passed over",
        logs,
        GcLogCounts::passedBytes);
    FunctionCounter.builder(
            "process_cpu_seconds",
            ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class),
            system -> system.getProcessCpuTime() / 1e9)
        .description("CPU time of this process, its children apart")
        .register(registry);
    counter(
        "children_cpu_seconds",
        "CPU time of the bpftrace processes that run now; falls when one ends",
        ProcessHandle.current(),
        AgentMetrics::ofChildren);
  }

  /** Everything in Prometheus' text format. */
  public String scrape() {
    return registry.scrape();
  }

  private static double ofChildren(ProcessHandle agent) {
    return agent
            .descendants()
            .map(child -> child.info().totalCpuDuration().orElse(Duration.ZERO))
            .mapToLong(Duration::toMillis)
            .sum()
        / 1e3;
  }

  private <T> void counter(String name, String description, T of, ToDoubleFunction<T> count) {
    FunctionCounter.builder(PREFIX + name, of, count).description(description).register(registry);
  }
}

package dev.heapwarden.operator.report;

import com.sun.management.OperatingSystemMXBean;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Timer;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.lang.management.ManagementFactory;
import java.util.function.Supplier;

/** The operator's metrics; {@code docs/metrics.md} lists them. */
public final class Measures {
  private static final String PREFIX = "heapwarden.operator.";

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final Counter collectFailures =
      Counter.builder(PREFIX + "collect.failures")
          .description("Questions to agents that were not answered.")
          .register(registry);
  private final Counter samplesDropped =
      Counter.builder(PREFIX + "samples.dropped")
          .description("Samples that agents no longer had when they were asked for.")
          .register(registry);
  private final Timer evaluation =
      Timer.builder(PREFIX + "evaluation")
          .description("Time to judge one container.")
          .register(registry);

  public Measures() {
    var system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
    FunctionCounter.builder("process.cpu.seconds", system, bean -> bean.getProcessCpuTime() / 1e9)
        .description("CPU time of this process.")
        .register(registry);
  }

  public void collectFailed() {
    collectFailures.increment();
  }

  public void samplesDropped(long samples) {
    samplesDropped.increment((double) samples);
  }

  public <T> T timed(Supplier<T> evaluate) {
    var sample = Timer.start(registry);
    try {
      return evaluate.get();
    } finally {
      sample.stop(evaluation);
    }
  }

  /** Tells from now on what the operator knows. */
  public void tell(OperatorState state) {
    registry.getPrometheusRegistry().register(new StateMetrics(state));
  }

  /** In the Prometheus text format. */
  public String scrape() {
    return registry.scrape();
  }
}

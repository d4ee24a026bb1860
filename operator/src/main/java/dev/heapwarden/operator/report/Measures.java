package dev.heapwarden.operator.report;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Timer;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.function.Supplier;

/** The operator's own metrics, {@code heapwarden_operator_*}. */
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

  /** Containers that agents watch now. */
  public void watched(Supplier<Number> containers) {
    Gauge.builder(PREFIX + "containers.watched", containers)
        .description("Containers that agents watch.")
        .register(registry);
  }

  /** Containers with this verdict now. */
  public void verdicts(String verdict, Supplier<Number> containers) {
    Gauge.builder(PREFIX + "verdicts", containers)
        .tag("verdict", verdict)
        .description("Containers by their newest verdict.")
        .register(registry);
  }

  /** LeakIncidents in this phase now. */
  public void incidents(String phase, Supplier<Number> incidents) {
    Gauge.builder(PREFIX + "incidents", incidents)
        .tag("phase", phase)
        .description("LeakIncidents by phase.")
        .register(registry);
  }

  /** In the Prometheus text format. */
  public String scrape() {
    return registry.scrape();
  }
}

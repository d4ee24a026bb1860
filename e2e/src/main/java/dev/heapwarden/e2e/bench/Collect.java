package dev.heapwarden.e2e.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.management.OperatingSystemMXBean;
import dev.heapwarden.operator.collect.Agent;
import dev.heapwarden.operator.collect.AgentToken;
import dev.heapwarden.operator.collect.Agents;
import dev.heapwarden.operator.collect.Collector;
import dev.heapwarden.operator.collect.SampleStore;
import dev.heapwarden.operator.report.Measures;
import java.io.BufferedReader;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

/**
 * What it costs the operator to ask many agents for their samples: its own collector at its own
 * interval, against agents in another process that speak the real API over TLS. CPU time is the
 * whole process's, its garbage collection included.
 */
public final class Collect {
  private static final int[] STEPS = {10, 30, 100, 300, 1_000};
  private static final Duration INTERVAL = Duration.ofSeconds(5);
  private static final Duration SETTLING = Duration.ofSeconds(30);
  private static final Duration SILENT_AFTER = INTERVAL.plusSeconds(5).multipliedBy(3);
  private static final double CORES = 2;
  private static final OperatingSystemMXBean PROCESS =
      ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);

  private final List<Agent> agents = new CopyOnWriteArrayList<>();
  private final SampleStore store = new SampleStore(SILENT_AFTER);
  private final Process process;
  private final BufferedReader ports;

  private Collect(Path directory) throws IOException {
    process =
        new ProcessBuilder(
                "setpriv",
                "--pdeathsig",
                "KILL",
                "--",
                ProcessHandle.current().info().command().orElseThrow(),
                "-cp",
                System.getProperty("java.class.path"),
                SimulatedAgents.class.getName(),
                directory.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    ports = process.inputReader();
  }

  /**
   * Runs it.
   *
   * @param arguments most agents, seconds of each measurement, where to write JSON
   */
  public static void main(String[] arguments) throws Exception {
    Locale.setDefault(Locale.ROOT);
    int most = Integer.parseInt(arguments[0]);
    var time = Duration.ofSeconds(Long.parseLong(arguments[1]));
    var directory = Files.createTempDirectory("collect");
    var steps = new Collect(directory).measured(directory, most, time);
    new ObjectMapper()
        .writerWithDefaultPrettyPrinter()
        .writeValue(Path.of(arguments[2]).toFile(), steps);
    var last = steps.getLast();
    System.out.printf(
        "collect: agents=%d containers=%d cpu-share=%.3f memory-mib=%d exponent=%.2f%n",
        last.agents(),
        last.agents() * Fleet.CONTAINERS,
        last.cpuShare(),
        Math.round(last.mebibytes()),
        Exponent.of(steps, Step::agents, Step::cpuShare));
    System.exit(0);
  }

  /**
   * One size.
   *
   * @param cpuShare of two cores
   */
  record Step(int agents, double cpuShare, double mebibytes) {}

  private List<Step> measured(Path directory, int most, Duration time) throws Exception {
    var steps = new ArrayList<Step>();
    growTo(1);
    var token = Files.writeString(directory.resolve("token"), "token");
    var measures = new Measures();
    try (var collector =
        new Collector(
            new Running(), new AgentToken(token), store, INTERVAL, Clock.systemUTC(), measures)) {
      collector.trust(authority(directory));
      collector.start();
      System.out.printf("%10s %10s %12s %8s%n", "agents", "containers", "CPU share", "MiB");
      for (int size : STEPS) {
        if (size <= most) {
          growTo(size);
          steps.add(measured(time));
        }
      }
    } finally {
      process.destroy();
      for (var file : List.of(token, directory.resolve(SimulatedAgents.AUTHORITY), directory)) {
        Files.delete(file);
      }
    }
    return steps;
  }

  private Step measured(Duration time) throws InterruptedException {
    TimeUnit.SECONDS.sleep(SETTLING.toSeconds());
    long before = PROCESS.getProcessCpuTime();
    TimeUnit.SECONDS.sleep(time.toSeconds());
    double seconds = (PROCESS.getProcessCpuTime() - before) / 1e9;
    requireAllHeard();
    var step =
        new Step(
            agents.size(), seconds / time.toSeconds() / CORES, JudgedFleets.retainedMebibytes());
    System.out.printf(
        "%10d %10d %12.4f %8.0f%n",
        step.agents, step.agents * Fleet.CONTAINERS, step.cpuShare, step.mebibytes);
    return step;
  }

  /** A collector that does not keep up costs little. */
  private void requireAllHeard() {
    var lag = store.lag(Instant.now());
    if (store.watched() != agents.size() * Fleet.CONTAINERS || lag.compareTo(SILENT_AFTER) > 0) {
      throw new IllegalStateException(
          "%d of %d containers are known, the oldest answer is %s old"
              .formatted(store.watched(), agents.size() * Fleet.CONTAINERS, lag));
    }
  }

  private void growTo(int size) throws IOException {
    int missing = size - agents.size();
    process.outputWriter().write(missing + "\n");
    process.outputWriter().flush();
    for (int i = 0; i < missing; i++) {
      var port = ports.readLine();
      if (port == null) {
        throw new IOException("the simulated agents have ended");
      }
      int node = agents.size();
      agents.add(
          new Agent(
              "agent-" + node,
              "agent-uid-" + node,
              "node-" + node,
              URI.create("https://127.0.0.1:" + port)));
    }
  }

  private static List<X509Certificate> authority(Path directory) throws Exception {
    try (var pem = Files.newInputStream(directory.resolve(SimulatedAgents.AUTHORITY))) {
      return List.of(
          (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(pem));
    }
  }

  /** As the informer of pods tells them. */
  private final class Running implements Agents {
    @Override
    public List<Agent> agents() {
      return List.copyOf(agents);
    }

    @Override
    public boolean synced() {
      return true;
    }
  }
}

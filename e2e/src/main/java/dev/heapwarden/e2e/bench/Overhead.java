package dev.heapwarden.e2e.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.heapwarden.probes.probe.Bpftrace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What the watched programs pay: an allocation-heavy Go server and a JVM server under load, bare,
 * with the probes that are always on, and in a map window besides. The probes are the agent's own
 * code. Phases of the conditions take turns, the bare one first in every other round; while probes
 * come and go the load waits.
 */
public final class Overhead {
  private static final int ROUNDS = 8;
  private static final Duration WARM_UP = Duration.ofSeconds(3);
  private static final Duration SETTLE = Duration.ofMillis(300);
  private static final Duration PHASE = Duration.ofSeconds(2);

  private enum Condition {
    BARE("bare"),
    ALWAYS_ON("tier 0+1"),
    MAP_WINDOW("tier 0+1, map window");

    final String text;

    Condition(String text) {
      this.text = text;
    }
  }

  private final Bpftrace bpftrace;
  private final Path scratch;

  private Overhead(Bpftrace bpftrace, Path scratch) {
    this.bpftrace = bpftrace;
    this.scratch = scratch;
  }

  /**
   * Runs it.
   *
   * @param arguments a Go program that serves at its flag -address, a Java command, the class
   *     directory of Orders, and where to write JSON
   */
  public static void main(String[] arguments) throws IOException, InterruptedException {
    Locale.setDefault(Locale.ROOT);
    var scratch = Files.createTempDirectory("hw");
    try {
      var overhead = new Overhead(new Bpftrace(List.of("bpftrace"), scratch.resolve("b")), scratch);
      overhead.bpftrace.orient();
      System.out.printf(
          "%-22s %10s %8s %14s   %s%n",
          "", "requests/s", "p99 ms", "CPU us/request", "bare/watched CPU (quartiles)");
      var go = overhead.ofGo(Path.of(arguments[0]));
      var jvm = overhead.ofJvm(arguments[1], arguments[2]);
      new ObjectMapper()
          .writerWithDefaultPrettyPrinter()
          .writeValue(Path.of(arguments[3]).toFile(), Map.of("go", go, "jvm", jvm));
      System.out.printf(
          "overhead: go-ratio=%.3f jvm-ratio=%.3f go-window-ratio=%.3f%n",
          go.get(1).ratio(), jvm.get(1).ratio(), go.get(2).ratio());
    } finally {
      delete(scratch);
    }
  }

  private List<Comparison> ofGo(Path program) throws IOException, InterruptedException {
    // A path that the kernel takes and that no other process runs.
    var executable = Files.copy(program, scratch.resolve("go"));
    var address = Server.freeAddress();
    try (var server =
        Server.start(
            List.of(
                executable.toString(),
                "-address=" + address.getHostString() + ":" + address.getPort(),
                "-pprof=",
                "-max-sessions=2000"),
            Map.of(),
            address)) {
      return compare("Go", server, List.of(Condition.values()));
    }
  }

  private List<Comparison> ofJvm(String java, String classes)
      throws IOException, InterruptedException {
    var address = Server.freeAddress();
    try (var server =
        Server.start(
            List.of(java, "-XX:+UseG1GC", "-Xmx256m", "-cp", classes, "Orders"),
            Map.of(
                "ADDRESS", address.getHostString(),
                "PORT", Integer.toString(address.getPort()),
                "COMPARABLE_KEYS", "true"),
            address)) {
      return compare("JVM", server, List.of(Condition.BARE, Condition.ALWAYS_ON));
    }
  }

  private List<Comparison> compare(String name, Server server, List<Condition> conditions)
      throws IOException, InterruptedException {
    var phases = new EnumMap<Condition, List<Phase>>(Condition.class);
    conditions.forEach(condition -> phases.put(condition, new ArrayList<>()));
    var watching =
        new Watching(bpftrace, Files.createTempDirectory(scratch, "cgroup"), server.pid());
    var hits = new ArrayList<Long>();
    double estimate;
    long perWrite = 0;
    try (var load = new Load(server.address())) {
      Thread.sleep(WARM_UP);
      for (int round = 0; round < ROUNDS; round++) {
        if (round % 2 == 1) {
          watched(phases, hits, server, load, watching);
        }
        add(phases, Condition.BARE, measured(server, load, () -> Thread.sleep(PHASE)));
        if (round % 2 == 0) {
          watched(phases, hits, server, load, watching);
        }
      }
      watching.attach();
      load.pause(false);
      estimate = watching.estimate(server);
      perWrite = hits.isEmpty() ? 0 : watching.countedPerWrite();
      watching.detach();
    }
    var bare = phases.getOrDefault(Condition.BARE, List.of());
    var comparisons =
        conditions.stream()
            .map(
                condition ->
                    new Comparison(
                        name + ", " + condition.text,
                        bare,
                        phases.getOrDefault(condition, List.of())))
            .toList();
    comparisons.forEach(comparison -> System.out.println(comparison.row()));
    System.out.printf(
        "%s: tier 0+1 is %.2f %% of its CPU by the agent's count of hits%n", name, estimate * 100);
    if (!hits.isEmpty()) {
      double perSecond =
          hits.stream().mapToLong(Long::longValue).average().orElseThrow()
              / (SETTLE.plus(PHASE).toMillis() / 1e3);
      System.out.printf(
          "%s: a write in a map window takes %.1f us of CPU, and %.1f us by the agent's count%n",
          name, comparisons.get(2).besides(comparisons.get(1)) / perSecond, perWrite / 1e3);
    }
    return comparisons;
  }

  /** What is measured while the probes are attached. */
  private static void watched(
      Map<Condition, List<Phase>> phases,
      List<Long> hits,
      Server server,
      Load load,
      Watching watching)
      throws IOException, InterruptedException {
    load.pause(true);
    watching.attach();
    try {
      add(phases, Condition.ALWAYS_ON, measured(server, load, () -> watching.watch(PHASE)));
      if (phases.containsKey(Condition.MAP_WINDOW)) {
        load.pause(true);
        var window = watching.openMapWindow(PHASE.plus(SETTLE).plusSeconds(1));
        try {
          add(phases, Condition.MAP_WINDOW, measured(server, load, () -> watching.watch(PHASE)));
        } finally {
          window.child().stop();
          window.child().ended().join();
          hits.add(window.hits().get());
        }
      }
    } finally {
      load.pause(true);
      watching.detach();
    }
  }

  private static void add(Map<Condition, List<Phase>> phases, Condition condition, Phase phase) {
    phases.computeIfAbsent(condition, _ -> new ArrayList<>()).add(phase);
  }

  private interface Meanwhile {
    void run() throws IOException, InterruptedException;
  }

  private static Phase measured(Server server, Load load, Meanwhile meanwhile)
      throws IOException, InterruptedException {
    load.pause(false);
    Thread.sleep(SETTLE);
    var _ = load.taken();
    long began = System.nanoTime();
    long cpu = server.cpuNanos();
    meanwhile.run();
    long used = server.cpuNanos() - cpu;
    long nanos = System.nanoTime() - began;
    return Phase.of(load.taken(), nanos, used);
  }

  private static void delete(Path directory) throws IOException {
    try (var files = Files.walk(directory)) {
      for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }
}

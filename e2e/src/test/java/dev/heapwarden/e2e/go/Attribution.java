package dev.heapwarden.e2e.go;

import static org.awaitility.Awaitility.await;

import dev.heapwarden.detection.sample.Signal;
import dev.heapwarden.probes.probe.BpftraceLine;
import dev.heapwarden.probes.probe.Tracepoints;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * The agent's probes on a contained program, in whatever pid namespace this runs. It says the
 * program's pid, waits for a line, and then says what the probes saw of it beside what it did, and
 * what windows on it and on a process that opens sockets see: {@link AttributionIT}.
 */
final class Attribution {
  private static final Path TRACEFS = Path.of("/sys/kernel/tracing");
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  /**
   * Slots of page faults, of five seconds each: so many that a late word is a small part of them.
   */
  private static final int SLOTS = 6;

  /** Of a window on a program's maps, and of one on what the kernel allocates. */
  static final Duration WINDOW = Duration.ofSeconds(3);

  /** Pairs of sockets a second, of the process that the second one watches. */
  static final int PAIRS = 200;

  private final MapsProgram program;
  private final HostAgent agent;
  private final Process opener;

  private Attribution(MapsProgram program, HostAgent agent, Process opener) {
    this.program = program;
    this.agent = agent;
    this.opener = opener;
  }

  /**
   * Looks once.
   *
   * @param arguments a directory, the program, bpftrace
   */
  public static void main(String... arguments) throws Exception {
    // It ends with this process, also where that is killed.
    var command = new ArrayList<>(List.of("setpriv", "--pdeathsig", "KILL"));
    command.addAll(KernelWindow.opener(PAIRS));
    var opener = new ProcessBuilder(command).start();
    try (var program = MapsProgram.contained("watched", Path.of(arguments[1]))) {
      await().atMost(PATIENCE).until(() -> program.collections() > 0);
      try (var agent =
          new HostAgent(
              Path.of(arguments[2]),
              Path.of(arguments[0]),
              List.of(program),
              new Tracepoints(TRACEFS))) {
        agent.attach();
        var attribution = new Attribution(program, agent, opener);
        attribution.look();
        attribution.open(Path.of(arguments[0]), Path.of(arguments[2]));
      }
    } finally {
      opener.destroyForcibly();
    }
  }

  private void look() throws IOException, InterruptedException {
    agent
        .attachments(program)
        .forEach(found -> say("%s %s %s".formatted(found.probe(), found.state(), found.reason())));
    say("opener %d".formatted(opener.pid()));
    say("pid %d".formatted(program.pid()));
    System.in.read();
    awaitSlots(told() + 1);
    long before = faults();
    long happened = happened();
    awaitSlots(told() + SLOTS);
    say("faults %d %d".formatted(faults() - before, happened() - happened));
    // It says what a collection found after the probe does.
    Thread.sleep(2_000);
    var live = values(Signal.POST_GC_LIVE_HEAP);
    say(
        "live %d %d"
            .formatted(
                live.size(), live.stream().filter(it -> !program.live().contains(it)).count()));
  }

  private void open(Path directory, Path bpftrace) throws IOException {
    say("maps " + BpftraceLine.JSON.writeValueAsString(agent.watch(program, WINDOW)));
    say("kernel " + KernelWindow.open(directory, bpftrace, opener.pid(), WINDOW));
  }

  private void awaitSlots(int slots) {
    await().atMost(PATIENCE).until(() -> told() >= slots);
  }

  private int told() {
    return values(Signal.PAGE_FAULTS).size();
  }

  private long faults() {
    return values(Signal.PAGE_FAULTS).getLast();
  }

  private List<Long> values(Signal signal) {
    return agent.samples(program).stream()
        .map(sample -> sample.values().get(signal))
        .filter(Objects::nonNull)
        .map(Double::longValue)
        .toList();
  }

  /** Fields 10 and 12 of stat, as in proc(5): those of the kernel in the program's name too. */
  private long happened() throws IOException {
    var stat = Files.readString(Path.of("/proc/" + program.pid() + "/stat"));
    var fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
    return Long.parseLong(fields[10 - 3]) + Long.parseLong(fields[12 - 3]);
  }

  private static void say(String line) {
    System.out.println(line);
  }
}

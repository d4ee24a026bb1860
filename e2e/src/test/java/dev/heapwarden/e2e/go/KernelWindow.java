package dev.heapwarden.e2e.go;

import com.fasterxml.jackson.databind.JsonNode;
import dev.heapwarden.probes.cost.Spending;
import dev.heapwarden.probes.probe.Bpftrace;
import dev.heapwarden.probes.probe.BpftraceLine;
import dev.heapwarden.probes.probe.Tracepoints;
import dev.heapwarden.probes.snapshot.ArtifactStore;
import dev.heapwarden.probes.snapshot.KernelMemoryEvidence;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** Watches what the kernel allocates for a process that opens sockets: {@link KernelMemoryIT}. */
final class KernelWindow {
  /** Opens so many pairs of sockets a second, and closes them at once. */
  private static final String OPENER =
      "use Socket; use Time::HiRes 'time'; $|++; my $began = time; my $made = 0; print \"it runs\\n"
          + "\"; while (1) { while ($made < (time - $began) * $ARGV[0]) { socketpair(my $one, my"
          + " $other, AF_UNIX, SOCK_STREAM, 0) or die; $made++ } select undef, undef, undef, 0.005"
          + " }";

  private KernelWindow() {}

  /** A command that does so. */
  static List<String> opener(int pairsPerSecond) {
    return List.of("perl", "-e", OPENER, Integer.toString(pairsPerSecond));
  }

  /** The stacks of a printed outcome that open sockets: two a pair. */
  static List<JsonNode> sockets(JsonNode report) {
    return stream(report.path("stacks"))
        .filter(
            stack ->
                stream(stack.path("frames"))
                    .anyMatch(frame -> frame.asText().startsWith("sock_alloc_inode")))
        .toList();
  }

  static Stream<JsonNode> stream(JsonNode nodes) {
    return StreamSupport.stream(nodes.spliterator(), false);
  }

  static long sum(Stream<JsonNode> nodes, String field) {
    return nodes.mapToLong(node -> node.path(field).asLong()).sum();
  }

  /**
   * Looks once, and prints it.
   *
   * @param arguments a directory, bpftrace, a pid, milliseconds
   */
  public static void main(String... arguments) throws Exception {
    System.out.println(
        open(
            Path.of(arguments[0]),
            Path.of(arguments[1]),
            Long.parseLong(arguments[2]),
            Duration.ofMillis(Long.parseLong(arguments[3]))));
  }

  /** What it saw, as JSON. */
  static String open(Path directory, Path command, long pid, Duration time) throws IOException {
    var bpftrace = new Bpftrace(List.of(command.toString()), directory.resolve("k"));
    bpftrace.orient();
    var outcome =
        new KernelMemoryEvidence(
                bpftrace,
                new Tracepoints(Path.of("/sys/kernel/tracing")),
                new ArtifactStore(directory.resolve("a"), 1 << 20),
                new Spending(System::nanoTime, InstantSource.system()),
                Path.of("/proc"))
            .watch(List.of(pid), time);
    return BpftraceLine.JSON.writeValueAsString(outcome);
  }
}

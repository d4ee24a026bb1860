package dev.heapwarden.e2e.go;

import dev.heapwarden.probes.cost.Spending;
import dev.heapwarden.probes.probe.Bpftrace;
import dev.heapwarden.probes.probe.BpftraceLine;
import dev.heapwarden.probes.probe.Tracepoints;
import dev.heapwarden.probes.snapshot.ArtifactStore;
import dev.heapwarden.probes.snapshot.KernelMemoryEvidence;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;

/** Watches what the kernel allocates for a process, and prints it: {@link KernelMemoryIT}. */
final class KernelWindow {
  private KernelWindow() {}

  /**
   * Looks once.
   *
   * @param arguments a directory, bpftrace, a pid, milliseconds
   */
  public static void main(String... arguments) throws Exception {
    var directory = Path.of(arguments[0]);
    var bpftrace = new Bpftrace(List.of(arguments[1]), directory.resolve("b"));
    bpftrace.orient();
    var outcome =
        new KernelMemoryEvidence(
                bpftrace,
                new Tracepoints(Path.of("/sys/kernel/tracing")),
                new ArtifactStore(directory.resolve("a"), 1 << 20),
                new Spending(System::nanoTime, InstantSource.system()),
                Path.of("/proc"))
            .watch(
                List.of(Long.parseLong(arguments[2])),
                Duration.ofMillis(Long.parseLong(arguments[3])));
    System.out.println(BpftraceLine.JSON.writeValueAsString(outcome));
  }
}

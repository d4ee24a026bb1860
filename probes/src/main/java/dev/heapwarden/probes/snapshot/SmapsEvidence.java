package dev.heapwarden.probes.snapshot;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectWriter;
import dev.heapwarden.probes.target.MappedMemory;
import dev.heapwarden.probes.target.ProcFs;
import dev.heapwarden.probes.target.TargetProcess;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.time.Duration;

/**
 * What the memory of a process is mapped for. The program runs on while its page tables are walked,
 * but whoever of it maps or gives back memory meanwhile waits.
 */
final class SmapsEvidence {
  private static final String FILE = "smaps.json";
  private static final ObjectWriter JSON = new ObjectMapper().writerWithDefaultPrettyPrinter();

  /** 0.08 s were measured for both files of 2 GiB in pages of 4 KiB (Linux 6.18). */
  private static final double SECONDS_PER_BYTE = 0.08 / (2L << 30);

  private final ProcFs proc;
  private final ArtifactStore store;
  private final StallGuard guard;

  SmapsEvidence(ProcFs proc, ArtifactStore store, StallGuard guard) {
    this.proc = proc;
    this.store = store;
    this.guard = guard;
  }

  Evidence take(Order order) throws IOException {
    var main = order.target().main();
    return main.isEmpty()
        ? new Evidence.Refused(order.target().denied().orElse("no process runs in it"))
        : take(order, main.get());
  }

  private Evidence take(Order order, TargetProcess process) throws IOException {
    var container = order.target().container().key();
    // The agent's own CPU walks: the container's has no part in it.
    var forecast =
        Pause.of(proc.anonymousBytes(process.pid()), SECONDS_PER_BYTE, Double.POSITIVE_INFINITY);
    var refusal = guard.refusal(container, forecast);
    if (refusal.isPresent()) {
      return new Evidence.Refused(refusal.get());
    }
    long began = System.nanoTime();
    var read = MappedMemory.read(proc.directory(process.pid()));
    var took = Duration.ofNanos(System.nanoTime() - began);
    if (!proc.is(process.identity())) {
      return new Evidence.Failed("the process has ended");
    }
    var _ = guard.allows(container, took);
    return Evidence.Taken.of(
        store.store(order.owner(), FILE, new ByteArrayInputStream(JSON.writeValueAsBytes(read))),
        Evidence.Told.NOTHING,
        took);
  }
}

package dev.heapwarden.probes.snapshot;

import dev.heapwarden.crds.snapshot.MemorySnapshotStatus;
import dev.heapwarden.crds.snapshot.MemorySnapshotStatus.Artifact.Source;
import dev.heapwarden.probes.go.VariableTypes;
import dev.heapwarden.probes.gomemory.GoProcess;
import dev.heapwarden.probes.gomemory.HeapHolderReader;
import dev.heapwarden.probes.gomemory.HeapHolders;
import dev.heapwarden.probes.gomemory.ProgramText;
import dev.heapwarden.probes.gomemory.UnreadableProgramException;
import dev.heapwarden.probes.probe.BpftraceLine;
import dev.heapwarden.probes.snapshot.EarlierLooks.Look;
import dev.heapwarden.probes.target.MemoryException;
import dev.heapwarden.probes.target.ProcFs;
import dev.heapwarden.probes.target.TargetProcess;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Map;

/**
 * Who holds the heap of a Go program: read from its memory at the start and the end of a window,
 * and who gained: since an earlier look where there was one. Nothing is asked of the program and
 * nothing stops it.
 */
final class GoHolderEvidence {
  private static final String FILE = "heap-holders.json";

  private final ProcFs proc;
  private final ArtifactStore store;

  /** Of an earlier look; whoever is not among them held next to nothing. */
  private static final int REMEMBERED = 200;

  /** A look has some hundred bytes for each holder. */
  private final EarlierLooks<HeapHolders> earlier = new EarlierLooks<>(32, 2);

  GoHolderEvidence(ProcFs proc, ArtifactStore store) {
    this.proc = proc;
    this.store = store;
  }

  Evidence take(Order order) throws IOException, InterruptedException {
    var found = GoMemoryEvidence.largest(order.target());
    if (found.isEmpty()) {
      return new Evidence.Refused(
          order.target().main().flatMap(TargetProcess::refusal).orElse("no Go program runs in it"));
    }
    try {
      return take(order, found.get());
    } catch (UnreadableProgramException refusal) {
      return new Evidence.Refused(String.valueOf(refusal.getMessage()));
    } catch (MemoryException failure) {
      return new Evidence.Failed(String.valueOf(failure.getMessage()));
    }
  }

  private Evidence take(Order order, TargetProcess process)
      throws IOException, InterruptedException {
    var program = process.program(proc.root()).orElseThrow();
    var reader = HeapHolderReader.of(program);
    var first = look(reader, process);
    Thread.sleep(order.window());
    var last = look(reader, process);
    var before = earlier.before(process, last).orElse(first);
    if (!last.seen().cut()) {
      earlier.remember(process, new Look<>(last.nanos(), last.seen().largest(REMEMBERED)));
    }
    var growth =
        HeldGrowth.of(process.pid(), before.seen(), last.seen(), before.until(last))
            .typed(
                names -> VariableTypes.read(program.executable(), names),
                MemorySnapshotStatus.HOLDERS_LIMIT)
            .using(types -> use(reader, process, types));
    return Evidence.Taken.of(
            store.store(
                order.owner(),
                FILE,
                new ByteArrayInputStream(BpftraceLine.JSON.writeValueAsBytes(growth))),
            Source.PROCESS_MEMORY)
        .telling(Evidence.Told.holders(growth.holders()).of(new Evidence.Window(growth.cut(), 0)));
  }

  private Look<HeapHolders> look(HeapHolderReader reader, TargetProcess process)
      throws IOException {
    return Look.now(read(reader, process));
  }

  private HeapHolders read(HeapHolderReader reader, TargetProcess process) throws IOException {
    try (var opened = open(reader, process);
        var text =
            ProgramText.open(
                process.program(proc.root()).orElseThrow(),
                proc.mappings(process.pid(), process.identity().executable().inode()))) {
      return reader.read(opened, text);
    }
  }

  private Map<String, Double> use(
      HeapHolderReader reader, TargetProcess process, Map<String, String> types)
      throws IOException {
    try (var opened = open(reader, process)) {
      return reader.use(opened, types);
    }
  }

  private GoProcess open(HeapHolderReader reader, TargetProcess process) throws IOException {
    var opened = reader.open(proc.directory(process.pid()));
    // From here on it does not matter whose its pid becomes.
    if (proc.is(process.identity())) {
      return opened;
    }
    opened.close();
    throw new MemoryException("the process has ended", null);
  }
}

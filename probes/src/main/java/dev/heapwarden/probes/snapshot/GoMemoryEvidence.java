package dev.heapwarden.probes.snapshot;

import dev.heapwarden.crds.snapshot.GoroutineReport;
import dev.heapwarden.crds.snapshot.MemorySnapshotStatus.Artifact.Source;
import dev.heapwarden.crds.snapshot.MemorySnapshotStatus.GoReport;
import dev.heapwarden.detection.sample.Signal;
import dev.heapwarden.probes.gomemory.GoProcess;
import dev.heapwarden.probes.gomemory.GoroutineProfile;
import dev.heapwarden.probes.gomemory.HeapProfile;
import dev.heapwarden.probes.gomemory.MemoryFigures;
import dev.heapwarden.probes.gomemory.ProgramText;
import dev.heapwarden.probes.gomemory.UnreadableProgramException;
import dev.heapwarden.probes.probe.BpftraceLine;
import dev.heapwarden.probes.snapshot.Evidence.Told;
import dev.heapwarden.probes.target.MemoryException;
import dev.heapwarden.probes.target.ProcFs;
import dev.heapwarden.probes.target.Target;
import dev.heapwarden.probes.target.TargetProcess;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** What a Go program's runtime keeps in its memory. Nothing is asked of it and nothing stops it. */
final class GoMemoryEvidence {
  /** Of the heap profile. */
  private static final double MAPS_PREVAIL = 0.65;

  private static final double MIB = 1 << 20;

  private final ProcFs proc;
  private final ArtifactStore store;

  GoMemoryEvidence(ProcFs proc, ArtifactStore store) {
    this.proc = proc;
    this.store = store;
  }

  /** Writes what it reads, and says what of it the status shows. */
  private interface Reading {
    Told write(GoProcess opened, TargetProcess process, OutputStream output) throws IOException;
  }

  Evidence heapProfile(Order order, String file) throws IOException {
    return take(
        order,
        file,
        (opened, process, output) -> {
          try (var text = text(process)) {
            var held = HeapProfile.write(opened, text, Instant.now(), output);
            return Told.NOTHING
                .advising(advice(held))
                .measuring(Map.of(Signal.MAP_HEAP_SHARE, held.mapShare()));
          }
        });
  }

  /** Where maps hold most of it, one of them is where to look. */
  static List<String> advice(HeapProfile.InUse held) {
    return held.mapShare() > MAPS_PREVAIL
        ? List.of(
            String.format(
                Locale.ROOT,
                "Maps hold %.0f %% of the %.1f MiB in use: look for one that grows or was emptied,"
                    + " and for entries that nobody deletes.",
                100 * held.mapShare(),
                held.bytes() / MIB))
        : List.of();
  }

  Evidence goroutines(Order order, String file) throws IOException {
    return take(
        order,
        file,
        (opened, process, output) -> Told.goroutines(Optional.of(groups(opened, process, output))));
  }

  Evidence figures(Order order) throws IOException {
    return take(
        order,
        "memstats.json",
        (opened, _, output) -> {
          output.write(BpftraceLine.JSON.writeValueAsBytes(MemoryFigures.read(opened)));
          return Told.NOTHING;
        });
  }

  private Evidence take(Order order, String file, Reading reading) throws IOException {
    var found = largest(order.target());
    if (found.isEmpty()) {
      return new Evidence.Refused(
          order.target().main().flatMap(TargetProcess::refusal).orElse("no Go program runs in it"));
    }
    var process = found.get();
    try (var opened = open(process)) {
      // From here on it does not matter whose its pid becomes.
      if (!proc.is(process.identity())) {
        return new Evidence.Failed("the process has ended");
      }
      var content = new ByteArrayOutputStream();
      var told = reading.write(opened, process, content);
      return Evidence.Taken.of(
              store.store(order.owner(), file, new ByteArrayInputStream(content.toByteArray())),
              Source.PROCESS_MEMORY)
          .telling(told);
    } catch (UnreadableProgramException refusal) {
      return new Evidence.Refused(String.valueOf(refusal.getMessage()));
    }
  }

  /** The groups of its goroutines; empty where its memory does not tell. */
  Optional<GoroutineReport> groups(Target target) throws IOException {
    var found = largest(target);
    if (found.isEmpty()) {
      return Optional.empty();
    }
    try (var opened = open(found.get())) {
      return proc.is(found.get().identity())
          ? Optional.of(groups(opened, found.get(), OutputStream.nullOutputStream()))
          : Optional.empty();
    } catch (UnreadableProgramException | MemoryException _) {
      return Optional.empty();
    }
  }

  private GoroutineReport groups(GoProcess opened, TargetProcess process, OutputStream output)
      throws IOException {
    try (var text = text(process)) {
      return GoroutineGroups.report(GoroutineProfile.write(opened, text, Instant.now(), output));
    }
  }

  /** The settings that its main process goes by; empty where its memory does not tell. */
  Optional<GoReport> settings(Target target) throws IOException {
    var found = target.main().filter(target.probeableGo()::contains);
    if (found.isEmpty()) {
      return Optional.empty();
    }
    try (var opened = open(found.get())) {
      var figures = MemoryFigures.read(opened);
      return proc.is(found.get().identity()) ? Optional.of(settings(figures)) : Optional.empty();
    } catch (UnreadableProgramException | MemoryException _) {
      return Optional.empty();
    }
  }

  private static GoReport settings(MemoryFigures figures) {
    return new GoReport(
        Math.toIntExact(figures.gcPercent()),
        figures.memoryLimit() == Long.MAX_VALUE ? null : figures.memoryLimit());
  }

  static Optional<TargetProcess> largest(Target target) {
    return target.probeableGo().stream()
        .max(Comparator.comparingLong(TargetProcess::anonymousBytes));
  }

  private GoProcess open(TargetProcess process) throws IOException {
    return GoProcess.open(
        proc.directory(process.pid()), process.program(proc.root()).orElseThrow());
  }

  private ProgramText text(TargetProcess process) throws IOException {
    return ProgramText.open(
        process.program(proc.root()).orElseThrow(),
        proc.mappings(process.pid(), process.identity().executable().inode()));
  }
}

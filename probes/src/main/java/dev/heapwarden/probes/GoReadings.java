package dev.heapwarden.probes;

import dev.heapwarden.detection.sample.Attachment;
import dev.heapwarden.detection.sample.Attachment.State;
import dev.heapwarden.detection.sample.RuntimeKind;
import dev.heapwarden.probes.go.ExecutableId;
import dev.heapwarden.probes.gomemory.GoRuntime;
import dev.heapwarden.probes.gomemory.GoroutineCount;
import dev.heapwarden.probes.gomemory.MemoryFigures;
import dev.heapwarden.probes.lane.Lanes;
import dev.heapwarden.probes.sample.Ledger;
import dev.heapwarden.probes.target.ProcFs;
import dev.heapwarden.probes.target.Target;
import dev.heapwarden.probes.target.TargetProcess;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Reads what the runtimes of Go programs keep of themselves in their memory, each as often as its
 * cgroup, on threads of its own: an executable lies in the container, whose file systems may never
 * answer. {@link #read} is called by one thread; {@link #attachments} by any.
 */
final class GoReadings implements AutoCloseable {
  static final String PROBE = "GoMemory";

  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final Ledger ledger;
  private final ProcFs proc;
  private final Lanes lanes = new Lanes();
  private final Map<ExecutableId, GoRuntime> runtimes = new ConcurrentHashMap<>();
  private final Map<TargetProcess.Identity, Look> looks = new ConcurrentHashMap<>();

  /** The latest look at a process. */
  private record Look(long at, Attachment attachment) {}

  GoReadings(Ledger ledger, ProcFs proc) {
    this.ledger = ledger;
    this.proc = proc;
  }

  /** Has all read that are due; does not wait for them. */
  void read(List<Target> targets) {
    var judged = new LinkedHashMap<Target, TargetProcess>();
    targets.forEach(target -> target.judgedGo().ifPresent(go -> judged.put(target, go)));
    var processes =
        judged.values().stream().map(TargetProcess::identity).collect(Collectors.toSet());
    looks.keySet().retainAll(processes);
    runtimes
        .keySet()
        .retainAll(
            processes.stream().map(TargetProcess.Identity::executable).collect(Collectors.toSet()));
    judged.forEach(
        (target, process) -> {
          if (isDue(target, process)) {
            lanes.run(lane(target), () -> look(target, process));
          }
        });
  }

  /** Whether the target's Go program is read; empty where none of it is judged. */
  Optional<Attachment> attachments(Target target) {
    return target
        .judgedGo()
        .map(
            process ->
                lanes
                    .stuck(lane(target), PATIENCE)
                    .map(why -> refused("reading its executable: " + why))
                    .orElseGet(() -> told(process)));
  }

  @Override
  public void close() {
    lanes.close();
  }

  private boolean isDue(Target target, TargetProcess process) {
    var before = looks.get(process.identity());
    return before == null
        || System.nanoTime() - before.at() >= target.container().interval().toNanos();
  }

  private Attachment told(TargetProcess process) {
    var look = looks.get(process.identity());
    return look == null
        ? new Attachment(PROBE, State.PENDING, "it was not looked at yet")
        : look.attachment();
  }

  private void look(Target target, TargetProcess process) {
    if (isDue(target, process)) {
      looks.put(process.identity(), new Look(System.nanoTime(), read(target, process)));
    }
  }

  private Attachment read(Target target, TargetProcess process) {
    if (process.refusal().isPresent()) {
      return refused(process.refusal().get());
    }
    try (var opened = runtime(process).open(proc.directory(process.pid()), process.bias())) {
      // From here on it does not matter whose its pid becomes.
      if (!proc.is(process.identity())) {
        return refused("the process has ended");
      }
      ledger.allocated(
          target.container().key(),
          process.pid(),
          MemoryFigures.read(opened),
          GoroutineCount.read(opened));
      return new Attachment(PROBE, State.ATTACHED, others(target));
    } catch (IOException unreadable) {
      return refused(String.valueOf(unreadable.getMessage()));
    }
  }

  private GoRuntime runtime(TargetProcess process) throws IOException {
    var known = runtimes.get(process.identity().executable());
    if (known != null) {
      return known;
    }
    var found = GoRuntime.of(process.program(proc.root()).orElseThrow());
    runtimes.put(process.identity().executable(), found);
    return found;
  }

  /** Says which is meant where there are several. */
  private static @Nullable String others(Target target) {
    long programs =
        target.processes().stream().filter(other -> other.runtime() == RuntimeKind.GO).count();
    return programs < 2
        ? null
        : "of its %d Go programs the one that holds most is read".formatted(programs);
  }

  private static Attachment refused(String reason) {
    return new Attachment(PROBE, State.REFUSED, reason);
  }

  private static String lane(Target target) {
    return target.container().key().containerId();
  }
}

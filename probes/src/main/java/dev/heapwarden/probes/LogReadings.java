package dev.heapwarden.probes;

import dev.heapwarden.crds.policy.RuntimeChoice;
import dev.heapwarden.detection.sample.Attachment;
import dev.heapwarden.detection.sample.Attachment.State;
import dev.heapwarden.detection.sample.RuntimeKind;
import dev.heapwarden.probes.gclog.GcLog;
import dev.heapwarden.probes.gclog.GcLogs;
import dev.heapwarden.probes.jvm.GcLogOutput;
import dev.heapwarden.probes.jvm.JvmCounters;
import dev.heapwarden.probes.lane.Lanes;
import dev.heapwarden.probes.probe.Attachments;
import dev.heapwarden.probes.sample.Ledger;
import dev.heapwarden.probes.target.Target;
import dev.heapwarden.probes.target.TargetProcess;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Reads the logs of collections of containers whose runtime tells them in no better way, where
 * their programs write such lines. {@link #read} is called by one thread; {@link #attachments} by
 * any.
 */
final class LogReadings implements AutoCloseable {
  static final String GO = "GoGcTrace";

  private static final Duration PACE = Duration.ofSeconds(1);
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final Duration SEARCH_AGAIN = Duration.ofSeconds(10);

  /** Read of one log at once: more than 100 collections of -Xlog:gc* write. */
  private static final int OF_ONE = 256 << 10;

  /** Read of all logs at once. */
  private static final int OF_ALL = 4 << 20;

  /** Read of one log when the others have taken all: no log is left out altogether. */
  private static final int LEAST = 16 << 10;

  private final Ledger ledger;
  private final GcLogs logs;
  private final Lanes lanes = new Lanes();
  private final Map<TargetProcess.Identity, Look> looks = new ConcurrentHashMap<>();
  private final AtomicInteger left = new AtomicInteger();
  private volatile Map<TargetProcess.Identity, Wanted> wanted = Map.of();
  private long readAt = System.nanoTime() - PACE.toNanos();

  /**
   * The latest look at a process.
   *
   * @param log that is followed; empty where none was found
   * @param attachment empty where it writes none
   */
  private record Look(long at, Optional<GcLog<?>> log, Optional<Attachment> attachment) {}

  /**
   * A process whose log is wanted.
   *
   * @param probe what is told of it
   * @param alone whether nothing else is known of it
   */
  private record Wanted(Target target, TargetProcess process, String probe, boolean alone) {}

  LogReadings(Ledger ledger, GcLogs logs) {
    this.ledger = ledger;
    this.logs = logs;
  }

  /**
   * Has all read that are due; does not wait for them.
   *
   * @param others what is attached to a target by other means
   */
  void read(List<Target> targets, Function<Target, List<Attachment>> others) {
    long now = System.nanoTime();
    if (now - readAt < PACE.toNanos()) {
      return;
    }
    readAt = now;
    left.set(OF_ALL);
    wanted =
        targets.stream()
            .flatMap(target -> wanted(target, others.apply(target)).stream())
            .collect(Collectors.toUnmodifiableMap(log -> log.process().identity(), log -> log));
    var current = wanted;
    looks.keySet().stream()
        .filter(process -> !current.containsKey(process))
        .toList()
        .forEach(this::end);
    current.values().forEach(log -> lanes.run(lane(log.process().identity()), () -> look(log)));
  }

  /** What is read of the target's logs; empty where that is not wanted, or nothing is written. */
  List<Attachment> attachments(Target target) {
    var current = wanted;
    return target.processes().stream()
        .map(process -> current.get(process.identity()))
        .filter(Objects::nonNull)
        .flatMap(log -> attachment(log).stream())
        .toList();
  }

  @Override
  public void close() {
    lanes.close();
    looks.keySet().forEach(this::end);
  }

  private Optional<Attachment> attachment(Wanted log) {
    var process = log.process().identity();
    return lanes
        .stuck(lane(process), PATIENCE)
        .map(why -> refused(log, "reading its log: " + why))
        .or(() -> Optional.ofNullable(looks.get(process)).flatMap(Look::attachment));
  }

  private void look(Wanted log) {
    var process = log.process().identity();
    var before = Optional.ofNullable(looks.get(process));
    var known = before.flatMap(Look::log);
    if (known.isPresent()
        || before.isEmpty()
        || System.nanoTime() - before.get().at() >= SEARCH_AGAIN.toNanos()) {
      looks.put(process, look(log, known));
    }
  }

  private Look look(Wanted wanted, Optional<GcLog<?>> known) {
    var log = known;
    try {
      if (log.isEmpty()) {
        log = follow(wanted);
      }
      if (log.isEmpty()) {
        return new Look(System.nanoTime(), log, Optional.empty());
      }
      log.get().read(Math.clamp(left.getAndAdd(-OF_ONE), LEAST, OF_ONE));
      return new Look(System.nanoTime(), log, Optional.of(state(wanted, log.get())));
    } catch (IOException unreadable) {
      log.ifPresent(GcLog::close);
      return new Look(
          System.nanoTime(),
          Optional.empty(),
          Optional.of(refused(wanted, String.valueOf(unreadable.getMessage()))));
    }
  }

  /** Empty where no line of a collection is written. */
  private Optional<GcLog<?>> follow(Wanted wanted) throws IOException {
    var key = wanted.target().container().key();
    long pid = wanted.process().pid();
    if (wanted.probe().equals(GO)) {
      if (!logs.tracesGo(pid)) {
        return Optional.empty();
      }
      alone(wanted, other -> logs.tracesGo(other.pid()));
      return Optional.of(
          logs.go(key, (at, gc) -> ledger.traced(key, pid, at, gc.liveBytes(), gc.cycle())));
    }
    var output = logs.ofJvm(pid);
    if (output.isEmpty()) {
      return Optional.empty();
    }
    if (output.get() instanceof GcLogOutput.Console) {
      alone(wanted, other -> logs.ofJvm(other.pid()).equals(output));
    }
    return Optional.of(
        logs.jvm(
            key,
            pid,
            output.get(),
            (at, figures) -> ledger.logged(key, pid, at, figures, wanted.alone())));
  }

  private interface Check {
    boolean holds(TargetProcess process) throws IOException;
  }

  /** No line of a container's log says which process wrote it. */
  private static void alone(Wanted wanted, Check writesToo) throws IOException {
    for (var other : wanted.target().processes()) {
      if (!other.equals(wanted.process())
          && other.runtime() == wanted.process().runtime()
          && writesToo.holds(other)) {
        throw new IOException("several of its processes write such lines into the same log");
      }
    }
  }

  private static Attachment state(Wanted wanted, GcLog<?> log) {
    return log.unreadable()
        .map(why -> refused(wanted, why))
        .orElseGet(
            () -> new Attachment(wanted.probe(), State.ATTACHED, log.leftOut().orElse(null)));
  }

  private void end(TargetProcess.Identity process) {
    var look = looks.remove(process);
    if (look != null) {
      look.log().ifPresent(GcLog::close);
    }
  }

  /** Which of a target's processes has to be read of, where any has. */
  private static Optional<Wanted> wanted(Target target, List<Attachment> others) {
    if (isRefused(others, JvmCounters.PROBE) || isRefused(others, JvmReadings.LIVE_HEAP)) {
      return target
          .main()
          .filter(process -> process.runtime() == RuntimeKind.JVM)
          .map(
              process ->
                  new Wanted(
                      target, process, GcLogOutput.PROBE, isRefused(others, JvmCounters.PROBE)));
    }
    return isRefused(others, Attachments.GO_GC)
            && target.runtime() != RuntimeKind.JVM
            && target.container().choice() != RuntimeChoice.NATIVE
        ? target.largestGo().map(process -> new Wanted(target, process, GO, true))
        : Optional.empty();
  }

  private static boolean isRefused(List<Attachment> attachments, String probe) {
    return attachments.stream()
        .anyMatch(
            attachment -> attachment.probe().equals(probe) && attachment.state() == State.REFUSED);
  }

  private static Attachment refused(Wanted wanted, String reason) {
    return new Attachment(wanted.probe(), State.REFUSED, reason);
  }

  private static String lane(TargetProcess.Identity process) {
    return process.containerId();
  }
}

package dev.heapwarden.probes;

import dev.heapwarden.detection.sample.Attachment;
import dev.heapwarden.probes.gclog.GcLog;
import dev.heapwarden.probes.gclog.GcLogs;
import dev.heapwarden.probes.jvm.GcLogOutput;
import dev.heapwarden.probes.lane.Lanes;
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
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Reads the logs of collections of containers whose runtime tells them in no better way, where
 * their programs write such lines. {@link #read} is called by one thread; {@link #attachments} by
 * any.
 */
final class LogReadings implements AutoCloseable {
  private static final Duration PACE = Duration.ofSeconds(1);
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final Duration SEARCH_AGAIN = Duration.ofSeconds(10);

  private final Ledger ledger;
  private final GcLogs logs;
  private final Lanes lanes = new Lanes();
  private final Map<TargetProcess.Identity, Look> looks = new ConcurrentHashMap<>();
  private volatile Map<TargetProcess.Identity, WantedLog> wanted = Map.of();
  private long readAt = System.nanoTime() - PACE.toNanos();

  /**
   * The latest look at a process.
   *
   * @param log that is followed; empty where none was found
   * @param attachment empty where it writes none
   */
  private record Look(long at, Optional<FollowedLog> log, Optional<Attachment> attachment) {}

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
    wanted =
        targets.stream()
            .flatMap(target -> WantedLog.of(target, others.apply(target)).stream())
            .collect(Collectors.toUnmodifiableMap(log -> log.process().identity(), log -> log));
    var current = wanted;
    looks.keySet().stream()
        .filter(process -> !current.containsKey(process))
        .toList()
        .forEach(this::end);
    var budget = new ReadBudget();
    current
        .values()
        .forEach(log -> lanes.run(lane(log.process().identity()), () -> look(log, budget)));
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

  /** Whether the log of the process that is judged was looked for, and none is read. */
  boolean silent(Target target) {
    return target
        .main()
        .map(process -> looks.get(process.identity()))
        .filter(
            look ->
                look.attachment().filter(log -> log.state() == Attachment.State.ATTACHED).isEmpty())
        .isPresent();
  }

  @Override
  public void close() {
    lanes.close();
    looks.keySet().forEach(this::end);
  }

  private Optional<Attachment> attachment(WantedLog log) {
    var process = log.process().identity();
    return lanes
        .stuck(lane(process), PATIENCE)
        .map(why -> log.refused("reading its log: " + why))
        .or(() -> Optional.ofNullable(looks.get(process)).flatMap(Look::attachment));
  }

  private void look(WantedLog log, ReadBudget budget) {
    var process = log.process().identity();
    var before = Optional.ofNullable(looks.get(process));
    var known = before.flatMap(Look::log);
    if (known.isPresent()
        || before.isEmpty()
        || System.nanoTime() - before.get().at() >= SEARCH_AGAIN.toNanos()) {
      looks.put(process, look(log, known, budget));
    }
  }

  private Look look(WantedLog wanted, Optional<FollowedLog> known, ReadBudget budget) {
    var followed = known;
    try {
      if (followed.isEmpty()) {
        followed = follow(wanted);
      }
      if (followed.isEmpty()) {
        return new Look(System.nanoTime(), followed, Optional.empty());
      }
      followed.get().checkAlone(wanted.beside());
      var log = followed.get().log();
      budget.read(log);
      return new Look(System.nanoTime(), followed, Optional.of(state(wanted, log)));
    } catch (IOException unreadable) {
      followed.ifPresent(FollowedLog::close);
      return new Look(
          System.nanoTime(),
          Optional.empty(),
          Optional.of(wanted.refused(String.valueOf(unreadable.getMessage()))));
    }
  }

  /** Empty where no line of a collection is written. */
  private Optional<FollowedLog> follow(WantedLog wanted) throws IOException {
    long pid = wanted.process().pid();
    if (wanted.probe().equals(WantedLog.GO)) {
      return logs.tracesGo(pid) ? Optional.of(followGo(wanted)) : Optional.empty();
    }
    var output = logs.ofJvm(pid);
    return output.isPresent() ? Optional.of(followJvm(wanted, output.get())) : Optional.empty();
  }

  private FollowedLog followGo(WantedLog wanted) throws IOException {
    var key = wanted.target().container().key();
    long pid = wanted.process().pid();
    return new FollowedLog(
        logs.go(key, (at, gc) -> ledger.traced(key, pid, at, gc)),
        other -> logs.proc().sharesOutput(pid, other.pid()) && logs.tracesGo(other.pid()));
  }

  private FollowedLog followJvm(WantedLog wanted, GcLogOutput output) throws IOException {
    var key = wanted.target().container().key();
    var process = wanted.process().identity();
    var log =
        logs.jvm(
            key,
            process.pid(),
            output,
            (at, figures) -> ledger.logged(key, process.pid(), at, figures, isAlone(process)));
    return new FollowedLog(
        log,
        other ->
            isConsole(output)
                && logs.proc().sharesOutput(process.pid(), other.pid())
                && logs.ofJvm(other.pid()).filter(LogReadings::isConsole).isPresent());
  }

  private static boolean isConsole(GcLogOutput output) {
    return output instanceof GcLogOutput.Console;
  }

  /** Whether nothing but its log is known of a process by now. */
  private boolean isAlone(TargetProcess.Identity process) {
    var log = wanted.get(process);
    return log != null && log.alone();
  }

  private static Attachment state(WantedLog wanted, GcLog<?> log) {
    return log.unreadable().map(wanted::refused).orElseGet(() -> wanted.attached(log.leftOut()));
  }

  private void end(TargetProcess.Identity process) {
    var look = looks.remove(process);
    if (look != null) {
      look.log().ifPresent(FollowedLog::close);
    }
  }

  private static String lane(TargetProcess.Identity process) {
    return process.containerId();
  }
}

package dev.heapwarden.probes.cost;

import dev.heapwarden.detection.sample.ContainerKey;
import dev.heapwarden.detection.sample.RuntimeKind;
import dev.heapwarden.probes.go.GoBinary;
import dev.heapwarden.probes.target.Target;
import dev.heapwarden.probes.target.TargetProcess;
import java.time.Duration;
import java.time.InstantSource;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What all watched containers pay for being watched, and which probes are left out for it. Every
 * method may be called by any thread.
 */
public final class Spending {
  private static final Logger LOG = LoggerFactory.getLogger(Spending.class);

  private final LongSupplier nanos;
  private final InstantSource clock;
  private final Map<ContainerKey, Payer> payers = new HashMap<>();
  private Map<Long, Payer> byPid = Map.of();

  /** A container with its account. */
  private static final class Payer {
    final Account account = new Account();
    final Allowance allowance;
    Set<Long> executables = Set.of();
    Set<Cause> parts = Set.of();

    Payer(Allowance allowance) {
      this.allowance = allowance;
    }
  }

  /**
   * @param nanos a clock that never goes back, as {@link System#nanoTime}
   * @param clock for telling when a probe comes back
   */
  public Spending(LongSupplier nanos, InstantSource clock) {
    this.nanos = nanos;
    this.clock = clock;
  }

  /** Says whose hits count from now on. */
  public synchronized void targets(List<Target> targets) {
    payers
        .keySet()
        .retainAll(
            targets.stream().map(target -> target.container().key()).collect(Collectors.toSet()));
    var processes = new HashMap<Long, Payer>();
    for (var target : targets) {
      var payer =
          payers.computeIfAbsent(
              target.container().key(), key -> new Payer(new Allowance(clock, nanos.getAsLong())));
      payer.executables = executables(target);
      payer.parts = parts(target);
      target.processes().forEach(process -> processes.put(process.pid(), payer));
    }
    byPid = Map.copyOf(processes);
  }

  /**
   * Takes what hits of a process took from it.
   *
   * @param cpuNanos estimated by {@link HitCost}
   */
  public synchronized void spent(long pid, Cause cause, long cpuNanos) {
    var payer = byPid.get(pid);
    if (payer != null) {
      payer.account.spend(cause, cpuNanos);
    }
  }

  /** Takes what a snapshot took from a container. */
  public synchronized void snapshot(ContainerKey container, Duration cpu) {
    spent(container, Cause.SNAPSHOTS, cpu);
  }

  /** Takes what was taken from a container, whichever of its processes paid. */
  public synchronized void spent(ContainerKey container, Cause cause, Duration cpu) {
    var payer = payers.get(container);
    if (payer != null) {
      payer.account.spend(cause, cpu.toNanos());
    }
  }

  /**
   * Takes a reading of a target's CPU time, and holds what was spent against its budget.
   *
   * @param cpuNanos since some beginning
   */
  public synchronized void ran(Target target, long cpuNanos) {
    var payer = payers.get(target.container().key());
    if (payer == null) {
      return;
    }
    long now = nanos.getAsLong();
    payer.account.ran(now, cpuNanos);
    payer
        .allowance
        .look(payer.account, target.container().overheadBudget(), payer.parts, now)
        .ifPresent(
            cause ->
                LOG.warn(
                    "over budget container={} probe={} reason={}",
                    target.container().key().containerId(),
                    cause.text(),
                    payer.allowance.reasons().get(cause)));
  }

  /**
   * Which probes a container is spared, and why. A probe on a file traps all that run it: where it
   * is too much for one of them, it is left out for all of its namespace; others' it must not
   * blind.
   */
  public synchronized Map<Cause, String> leftOut(Target target) {
    var key = target.container().key();
    var reasons = new EnumMap<Cause, String>(Cause.class);
    var files = executables(target);
    payers.forEach(
        (other, payer) -> {
          if (other.namespace().equals(key.namespace())
              && payer.executables.stream().anyMatch(files::contains)) {
            payer.allowance.reasons().entrySet().stream()
                .filter(left -> Cause.OF_EXECUTABLES.contains(left.getKey()))
                .forEach(
                    left ->
                        reasons.put(
                            left.getKey(),
                            "pod %s runs the same file. There: %s"
                                .formatted(other.pod(), left.getValue())));
          }
        });
    var own = payers.get(key);
    if (own != null) {
      reasons.putAll(own.allowance.reasons());
    }
    return reasons;
  }

  /** What watching a container costs it; empty until its CPU time was read twice. */
  public synchronized Optional<Overhead> overhead(ContainerKey container) {
    return Optional.ofNullable(payers.get(container))
        .map(payer -> payer.account)
        .filter(account -> account.lastMinute().nanos() > 0)
        .map(account -> Overhead.of(account.lastMinute().ratio(), account.spent()));
  }

  /** Parts of probes that its programs can be spared. */
  private static Set<Cause> parts(Target target) {
    return target.processes().stream()
            .anyMatch(process -> process.go().flatMap(GoBinary::growthOfLarge).isPresent())
        ? Set.of(Cause.GO_SMALL_MAPS)
        : Set.of();
  }

  /**
   * Files that probes can be on, by inode: overlay file systems show one file under several
   * devices.
   */
  private static Set<Long> executables(Target target) {
    return target.processes().stream()
        .filter(process -> process.runtime() == RuntimeKind.GO)
        .map(TargetProcess::identity)
        .map(identity -> identity.executable().inode())
        .collect(Collectors.toSet());
  }
}

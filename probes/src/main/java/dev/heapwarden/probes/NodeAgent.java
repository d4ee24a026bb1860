package dev.heapwarden.probes;

import dev.heapwarden.detection.sample.Attachment;
import dev.heapwarden.detection.sample.ContainerKey;
import dev.heapwarden.detection.sample.ContainerState;
import dev.heapwarden.probes.cost.Overhead;
import dev.heapwarden.probes.cost.Spending;
import dev.heapwarden.probes.probe.CgroupCpu;
import dev.heapwarden.probes.probe.CgroupMemory;
import dev.heapwarden.probes.probe.NodeProbe;
import dev.heapwarden.probes.sample.Ledger;
import dev.heapwarden.probes.target.NodeView;
import dev.heapwarden.probes.target.ProcessScan;
import dev.heapwarden.probes.target.Target;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The agent's heartbeat: looks for targets, keeps the probe in step with them, reads cgroups. */
final class NodeAgent implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(NodeAgent.class);

  /** Changes of pods and policies within this time are answered once. */
  private static final Duration DEBOUNCE = Duration.ofSeconds(1);

  /** Processes come and go without the API server's knowledge. */
  private static final Duration RESCAN = Duration.ofSeconds(5);

  private static final Duration FLUSH = Duration.ofMillis(250);

  /**
   * Attaching may take three minutes: half a minute, and where that is not enough a search of 90 s
   * for what does not attach, with two more tries under way at its end.
   */
  private static final Duration STUCK = Duration.ofMinutes(5);

  private final ProcessScan scan;
  private final NodeProbe probe;
  private final JvmReadings jvms;
  private final LogReadings logs;
  private final OfferedReadings offered;
  private final Ledger ledger;
  private final Spending spending;
  private final AtomicBoolean changed = new AtomicBoolean(true);
  private final ScheduledExecutorService control = Executors.newSingleThreadScheduledExecutor();
  private final ScheduledExecutorService readings = Executors.newSingleThreadScheduledExecutor();
  private final Map<ContainerKey, Long> dueAt = new HashMap<>();
  private volatile List<Target> targets = List.of();
  private volatile boolean looked;
  private volatile long beat = System.nanoTime();
  private long scannedAt = System.nanoTime() - RESCAN.toNanos();

  NodeAgent(
      ProcessScan scan,
      NodeProbe probe,
      JvmReadings jvms,
      LogReadings logs,
      OfferedReadings offered,
      Ledger ledger,
      Spending spending) {
    this.scan = scan;
    this.probe = probe;
    this.jvms = jvms;
    this.logs = logs;
    this.offered = offered;
    this.ledger = ledger;
    this.spending = spending;
  }

  /** Says that pods or policies may have changed. */
  void change() {
    changed.set(true);
  }

  void start(NodeView view) {
    var _ =
        control.scheduleWithFixedDelay(
            () -> guarded("control", () -> control(view)),
            0,
            DEBOUNCE.toMillis(),
            TimeUnit.MILLISECONDS);
    var _ =
        readings.scheduleWithFixedDelay(
            () -> guarded("readings", this::read), 0, FLUSH.toMillis(), TimeUnit.MILLISECONDS);
  }

  List<Target> targets() {
    return targets;
  }

  List<ContainerState> containers() {
    return targets.stream()
        .map(
            target ->
                new ContainerState(
                    target.container().key(),
                    target.container().policy(),
                    target.runtime(),
                    target.runtimeVersion(),
                    target.container().startedAt(),
                    Stream.of(
                            attachments(target),
                            logs.attachments(target),
                            offered.attachments(target))
                        .flatMap(List::stream)
                        .toList(),
                    spending.overhead(target.container().key()).map(Overhead::ratio).orElse(null)))
        .toList();
  }

  /** Whether the targets have been looked for since the agent knows pods and policies. */
  boolean looked() {
    return looked;
  }

  /** Why the heartbeat has stopped; empty while it beats. */
  Optional<String> stuck() {
    return System.nanoTime() - beat > STUCK.toNanos()
        ? Optional.of("nothing was looked at for " + STUCK.toMinutes() + " minutes")
        : Optional.empty();
  }

  @Override
  public void close() {
    control.shutdownNow();
    readings.shutdownNow();
    jvms.close();
    logs.close();
    offered.close();
    probe.close();
  }

  private void control(NodeView view) throws InterruptedException {
    beat = System.nanoTime();
    if (!view.synced()) {
      return;
    }
    if (changed.getAndSet(false) || System.nanoTime() - scannedAt >= RESCAN.toNanos()) {
      scannedAt = System.nanoTime();
      targets = scan.scan(view.watched());
      ledger.targets(targets);
      spending.targets(targets);
      targets.forEach(this::account);
      looked = true;
    }
    probe.reconcile(targets);
  }

  private void read() {
    jvms.read(targets);
    logs.read(targets, this::attachments);
    offered.read(targets);
    ledger.flush();
    long now = System.nanoTime();
    var current = targets;
    dueAt
        .keySet()
        .removeIf(
            key -> current.stream().noneMatch(target -> target.container().key().equals(key)));
    for (var target : current) {
      var key = target.container().key();
      if (target.cgroup().isPresent() && now - dueAt.getOrDefault(key, now) >= 0) {
        dueAt.put(key, now + target.container().interval().toNanos());
        try {
          ledger.measured(key, CgroupMemory.read(target.cgroup().get()));
        } catch (IOException ended) {
          LOG.debug("cgroup is gone container={}", key.containerId(), ended);
        }
      }
    }
  }

  /** What is attached to it without its log. */
  private List<Attachment> attachments(Target target) {
    return probe.attachments(target, jvms.attachments(target));
  }

  /** Holds what the probes took against what the container ran. */
  private void account(Target target) {
    if (target.cgroup().isPresent()) {
      try {
        spending.ran(target, CgroupCpu.used(target.cgroup().get()));
      } catch (IOException ended) {
        LOG.debug("cgroup is gone container={}", target.container().key().containerId(), ended);
      }
    }
  }

  private interface Task {
    void run() throws InterruptedException;
  }

  /** A scheduled task that throws would never run again. */
  private static void guarded(String name, Task task) {
    try {
      task.run();
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException failure) {
      LOG.error("heartbeat failed task={}", name, failure);
    }
  }
}

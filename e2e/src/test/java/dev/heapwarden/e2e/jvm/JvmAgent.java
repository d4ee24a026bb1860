package dev.heapwarden.e2e.jvm;

import dev.heapwarden.crds.policy.RuntimeChoice;
import dev.heapwarden.detection.sample.Attachment;
import dev.heapwarden.detection.sample.ContainerKey;
import dev.heapwarden.detection.sample.Origin;
import dev.heapwarden.detection.sample.Sample;
import dev.heapwarden.detection.sample.Signal;
import dev.heapwarden.probes.JvmReadings;
import dev.heapwarden.probes.buffer.Position;
import dev.heapwarden.probes.buffer.SampleBuffer;
import dev.heapwarden.probes.go.Sites;
import dev.heapwarden.probes.probe.CgroupMemory;
import dev.heapwarden.probes.sample.Ledger;
import dev.heapwarden.probes.sample.WallClock;
import dev.heapwarden.probes.target.CgroupTree;
import dev.heapwarden.probes.target.Offers;
import dev.heapwarden.probes.target.ProcFs;
import dev.heapwarden.probes.target.ProcessScan;
import dev.heapwarden.probes.target.Target;
import dev.heapwarden.probes.target.WatchedContainer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * The agent's scan, readings and ledger in this process, on containers of this machine, each with a
 * directory of cgroups that only lists it.
 */
final class JvmAgent implements AutoCloseable {
  private static final Path PROC = Path.of("/proc");
  private static final long BEAT_MILLIS = 250;

  private final Path cgroups;
  private final ProcessScan scan;
  private final SampleBuffer buffer = new SampleBuffer(100_000, 100_000, new Random(1));
  private final Ledger ledger = new Ledger(buffer, new Sites(), WallClock.system(), PROC);
  private final JvmReadings readings = new JvmReadings(ledger, PROC);
  private final List<WatchedContainer> watched = new ArrayList<>();
  private final ScheduledExecutorService heart = Executors.newSingleThreadScheduledExecutor();
  private volatile Map<ContainerKey, Target> targets = Map.of();

  /**
   * @param cgroups for the directories of its containers
   */
  JvmAgent(Path cgroups) {
    this.cgroups = cgroups;
    scan = new ProcessScan(new CgroupTree(cgroups), new ProcFs(PROC));
    var _ =
        heart.scheduleWithFixedDelay(this::beat, BEAT_MILLIS, BEAT_MILLIS, TimeUnit.MILLISECONDS);
  }

  /** Watches a container until it is left. */
  void watch(JvmContainer container) throws IOException {
    var cgroup = Files.createDirectories(cgroups.resolve("memory/kubepods/" + container.cell()));
    Files.writeString(
        cgroup.resolve("cgroup.procs"),
        container.pids().stream().map(pid -> pid + "\n").collect(Collectors.joining()));
    synchronized (watched) {
      watched.add(watched(key(container)));
    }
  }

  void leave(JvmContainer container) {
    synchronized (watched) {
      watched.remove(watched(key(container)));
    }
  }

  /** The process that is judged; empty until it was looked at. */
  OptionalLong jvm(JvmContainer container) {
    return Optional.ofNullable(targets.get(key(container))).flatMap(Target::main).stream()
        .mapToLong(process -> process.pid())
        .findFirst();
  }

  /** What is read of it, by the names of the probes. */
  Map<String, Attachment> attachments(JvmContainer container) {
    return Optional.ofNullable(targets.get(key(container)))
        .map(readings::attachments)
        .orElse(List.of())
        .stream()
        .collect(Collectors.toMap(Attachment::probe, attachment -> attachment));
  }

  /** The newest of its figures. */
  Map<Signal, Double> values(JvmContainer container) {
    return ledger.values(key(container));
  }

  /** All that was told of it as a JVM. */
  List<Sample> samples(JvmContainer container) {
    // What the cgroup says is not what is tested.
    ledger.measured(key(container), new CgroupMemory(0, 0, OptionalLong.empty()));
    return buffer.since(Position.start()).samples().stream()
        .filter(sample -> sample.container().equals(key(container)))
        .filter(sample -> sample.origin() != Origin.CGROUP)
        .toList();
  }

  @Override
  public void close() {
    heart.shutdownNow();
    readings.close();
  }

  private void beat() {
    List<WatchedContainer> now;
    synchronized (watched) {
      now = List.copyOf(watched);
    }
    var found = scan.scan(now);
    ledger.targets(found);
    targets =
        found.stream()
            .collect(Collectors.toMap(target -> target.container().key(), target -> target));
    readings.read(found);
    ledger.flush();
  }

  private static ContainerKey key(JvmContainer container) {
    var name = container.cell().toString();
    return new ContainerKey("matrix", name, "uid", "figures", name);
  }

  private static WatchedContainer watched(ContainerKey key) {
    return new WatchedContainer(
        key, "policy", RuntimeChoice.AUTO, Duration.ofSeconds(15), Instant.EPOCH, Offers.none(), 1);
  }
}

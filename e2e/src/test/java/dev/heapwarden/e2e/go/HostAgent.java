package dev.heapwarden.e2e.go;

import dev.heapwarden.crds.policy.KeyTypes;
import dev.heapwarden.crds.policy.RuntimeChoice;
import dev.heapwarden.detection.sample.Attachment;
import dev.heapwarden.detection.sample.ContainerKey;
import dev.heapwarden.detection.sample.Sample;
import dev.heapwarden.probes.buffer.Position;
import dev.heapwarden.probes.buffer.SampleBuffer;
import dev.heapwarden.probes.cost.Spending;
import dev.heapwarden.probes.go.Sites;
import dev.heapwarden.probes.probe.Bpftrace;
import dev.heapwarden.probes.probe.NodeProbe;
import dev.heapwarden.probes.probe.Tracepoints;
import dev.heapwarden.probes.sample.Ledger;
import dev.heapwarden.probes.sample.WallClock;
import dev.heapwarden.probes.snapshot.ArtifactStore;
import dev.heapwarden.probes.snapshot.MapGrowthEvidence;
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
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/**
 * The agent's scan, probes and ledger in this process, on programs of this machine: each stands for
 * a container, in a directory of cgroups that only lists it.
 */
final class HostAgent implements AutoCloseable {
  private static final Path PROC = Path.of("/proc");

  /** Nothing is left out for its cost. */
  private static final double BUDGET = 1;

  private final Bpftrace bpftrace;
  private final NodeProbe probe;
  private final Ledger ledger;
  private final SampleBuffer buffer = new SampleBuffer(500_000, 500_000, new Random(1));
  private final MapGrowthEvidence windows;
  private final List<Target> targets;

  /**
   * @param directory for files of its own; a short path, as the kernel wants of uprobes
   */
  HostAgent(Path command, Path directory, List<MapsProgram> programs) throws IOException {
    // Page faults are not what is tested.
    this(command, directory, programs, new Tracepoints(directory));
  }

  HostAgent(Path command, Path directory, List<MapsProgram> programs, Tracepoints tracepoints)
      throws IOException {
    bpftrace = new Bpftrace(List.of(command.toString()), directory.resolve("b"));
    bpftrace.orient();
    var sites = new Sites();
    var spending = new Spending(System::nanoTime, InstantSource.system());
    ledger = new Ledger(buffer, sites, WallClock.system(), PROC);
    probe = new NodeProbe(bpftrace, tracepoints, spending, ledger::accept);
    windows =
        new MapGrowthEvidence(
            bpftrace,
            sites,
            new ArtifactStore(directory.resolve("a"), 1 << 20),
            new ProcFs(PROC),
            spending,
            ledger::maps);
    var cgroups = directory.resolve("c");
    for (var program : programs) {
      var cgroup = Files.createDirectories(cgroups.resolve("memory/kubepods/" + id(program)));
      Files.writeString(cgroup.resolve("cgroup.procs"), program.pid() + "\n");
    }
    targets =
        new ProcessScan(new CgroupTree(cgroups), new ProcFs(PROC))
            .scan(programs.stream().map(HostAgent::container).toList());
    ledger.targets(targets);
  }

  /** Attaches to all of them; as long as that takes. */
  void attach() throws InterruptedException {
    probe.reconcile(targets, _ -> Optional.empty());
  }

  /** Brings the probes one step nearer to where they are in these programs, and in no others. */
  void attachOnly(List<MapsProgram> among) throws InterruptedException {
    probe.reconcile(among.stream().map(this::target).toList(), _ -> Optional.empty());
  }

  List<Attachment> attachments(MapsProgram program) {
    return probe.attachments(target(program), List.of(), Optional.empty());
  }

  /** What was sampled of a program so far, oldest first. */
  List<Sample> samples(MapsProgram program) {
    ledger.flush();
    return buffer.since(Position.start()).samples().stream()
        .filter(sample -> sample.container().equals(key(program)))
        .toList();
  }

  /** Watches every write of a program's maps for a time. */
  MapGrowthEvidence.Outcome watch(MapsProgram program, Duration time) throws IOException {
    return windows.watch(target(program).main().orElseThrow(), time, KeyTypes.SUSPICIOUS);
  }

  @Override
  public void close() {
    probe.close();
  }

  private Target target(MapsProgram program) {
    return targets.stream()
        .filter(target -> target.container().key().equals(key(program)))
        .findFirst()
        .orElseThrow();
  }

  private static ContainerKey key(MapsProgram program) {
    return new ContainerKey("matrix", program.toString(), "uid", "maps", id(program));
  }

  /** No part of another's: a cgroup is found by the id in its name. */
  private static String id(MapsProgram program) {
    return program + ".scope";
  }

  private static WatchedContainer container(MapsProgram program) {
    return new WatchedContainer(
        key(program),
        "policy",
        RuntimeChoice.AUTO,
        Duration.ofSeconds(15),
        Instant.now(),
        Offers.none(),
        BUDGET);
  }
}

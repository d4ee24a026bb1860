package dev.heapwarden.e2e.jvm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.heapwarden.crds.policy.RuntimeChoice;
import dev.heapwarden.detection.sample.Attachment;
import dev.heapwarden.detection.sample.ContainerKey;
import dev.heapwarden.detection.sample.RuntimeKind;
import dev.heapwarden.probes.cost.Spending;
import dev.heapwarden.probes.gclog.GcLog;
import dev.heapwarden.probes.gclog.GcLogCounts;
import dev.heapwarden.probes.gclog.GcLogs;
import dev.heapwarden.probes.go.ExecutableId;
import dev.heapwarden.probes.jvm.Counters;
import dev.heapwarden.probes.jvm.JvmFigures;
import dev.heapwarden.probes.jvm.JvmUsdt;
import dev.heapwarden.probes.jvm.TracedCollections;
import dev.heapwarden.probes.probe.Bpftrace;
import dev.heapwarden.probes.probe.NodeProbe;
import dev.heapwarden.probes.probe.ProbeEvent;
import dev.heapwarden.probes.probe.Tracepoints;
import dev.heapwarden.probes.target.Offers;
import dev.heapwarden.probes.target.ProcFs;
import dev.heapwarden.probes.target.Target;
import dev.heapwarden.probes.target.TargetProcess;
import dev.heapwarden.probes.target.WatchedContainer;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

/** All sources of one JVM's figures at once, of which the agent takes the first that it finds. */
final class JvmSources implements AutoCloseable {
  private static final Path PROC = Path.of("/proc");
  private static final int ALL = 1 << 20;

  private final Counters counters;
  private final GcLog<JvmFigures> log;
  private final AtomicReference<JvmFigures> logged = new AtomicReference<>();
  private final TracedCollections traced = new TracedCollections();
  private final NodeProbe probe;
  private final Target target;
  private final JvmUsdt usdt;

  /**
   * Of a JVM that has counters and writes a log.
   *
   * @param scratch a short path
   */
  JvmSources(long pid, Path bpftrace, Path scratch) throws IOException, InterruptedException {
    var key = new ContainerKey("matrix", "sources", "uid", "figures", "sources");
    counters = Counters.of(pid, PROC).orElseThrow();
    var logs =
        new GcLogs(Optional.empty(), new ProcFs(PROC), InstantSource.system(), new GcLogCounts());
    log = logs.jvm(key, pid, logs.ofJvm(pid).orElseThrow(), (_, figures) -> logged.set(figures));
    var command = new Bpftrace(List.of(bpftrace.toString()), scratch);
    command.orient();
    var spending = new Spending(System::nanoTime, InstantSource.system());
    probe = new NodeProbe(command, new Tracepoints(scratch), spending, this::take);
    target = new Target(watched(key), Optional.empty(), List.of(process(pid)));
    usdt = JvmUsdt.of(pid, PROC);
  }

  /** Tries again and again, as the agent does: the kernel may refuse a probe once. */
  void awaitAttached() {
    await("that the probes attach")
        .atMost(Duration.ofSeconds(60))
        .untilAsserted(
            () -> {
              probe.reconcile(List.of(target), _ -> Optional.of(usdt));
              assertThat(attachments())
                  .contains(new Attachment(JvmUsdt.PROBE, Attachment.State.ATTACHED, null));
            });
  }

  private List<Attachment> attachments() {
    return probe.attachments(
        target,
        List.of(new Attachment("JvmCounters", Attachment.State.ATTACHED, null)),
        Optional.of(usdt));
  }

  JvmFigures counters() throws IOException {
    return counters.read().figures();
  }

  /** As far as it is written now. */
  Optional<JvmFigures> log() throws IOException {
    while (log.read(ALL) > 0) {
      Thread.onSpinWait();
    }
    return Optional.ofNullable(logged.get());
  }

  /** Once they have told so many collections. */
  JvmFigures probes(long collections) {
    await("what the probes tell")
        .atMost(Duration.ofSeconds(30))
        .until(() -> probes().oldCollections().orElse(0) >= collections);
    return probes();
  }

  private synchronized JvmFigures probes() {
    return traced.told();
  }

  @Override
  public void close() {
    probe.close();
    log.close();
  }

  private synchronized void take(ProbeEvent event) {
    switch (event) {
      case ProbeEvent.JvmCollection jvm ->
          traced.collected(jvm.manager(), jvm.pool(), jvm.used(), jvm.most(), jvm.metaspace());
      case ProbeEvent.JvmPause jvm -> traced.paused(jvm.pauseNanos(), jvm.pools());
      case ProbeEvent.Collection _,
          ProbeEvent.MapGrowth _,
          ProbeEvent.Faults _,
          ProbeEvent.Spent _ -> {}
    }
  }

  private static TargetProcess process(long pid) throws IOException {
    var exe = PROC.resolve(Long.toString(pid)).resolve("exe");
    return new TargetProcess(
        new TargetProcess.Identity("sources", pid, 1, ExecutableId.of(exe)),
        1,
        RuntimeKind.JVM,
        exe,
        Optional.empty(),
        Optional.of("not Go"),
        0);
  }

  private static WatchedContainer watched(ContainerKey key) {
    return new WatchedContainer(
        key, "policy", RuntimeChoice.AUTO, Duration.ofSeconds(15), Instant.EPOCH, Offers.none(), 1);
  }
}

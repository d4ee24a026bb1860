package dev.heapwarden.probes;

import static org.awaitility.Awaitility.await;

import dev.heapwarden.detection.sample.Attachment;
import dev.heapwarden.detection.sample.Attachment.State;
import dev.heapwarden.detection.sample.Origin;
import dev.heapwarden.detection.sample.RuntimeKind;
import dev.heapwarden.detection.sample.Sample;
import dev.heapwarden.detection.sample.Signal;
import dev.heapwarden.probes.buffer.Position;
import dev.heapwarden.probes.buffer.SampleBuffer;
import dev.heapwarden.probes.gclog.GcLogCounts;
import dev.heapwarden.probes.gclog.GcLogs;
import dev.heapwarden.probes.go.ExecutableId;
import dev.heapwarden.probes.go.Sites;
import dev.heapwarden.probes.sample.Ledger;
import dev.heapwarden.probes.sample.WallClock;
import dev.heapwarden.probes.target.Offers;
import dev.heapwarden.probes.target.ProcFs;
import dev.heapwarden.probes.target.Target;
import dev.heapwarden.probes.target.TargetProcess;
import dev.heapwarden.probes.target.Web;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;

/** Reads counters and logs of programs of this machine, as the agent does. */
final class ReadLogs implements AutoCloseable {
  private static final Path PROC = Path.of("/proc");

  private final SampleBuffer buffer = new SampleBuffer(1000, 1000, new Random(1));
  private final Ledger ledger = new Ledger(buffer, new Sites(), WallClock.system(), PROC);
  private final JvmReadings jvms = new JvmReadings(ledger, PROC);
  private final GcLogCounts counts = new GcLogCounts();
  private final LogReadings logs;

  /**
   * @param podLogs as /var/log/pods of a node; empty where the agent does not see them
   */
  ReadLogs(Optional<Path> podLogs) {
    logs =
        new LogReadings(
            ledger, new GcLogs(podLogs, new ProcFs(PROC), InstantSource.system(), counts));
  }

  Ledger ledger() {
    return ledger;
  }

  JvmReadings jvms() {
    return jvms;
  }

  GcLogCounts counts() {
    return counts;
  }

  List<Attachment> attachments(Target target) {
    return logs.attachments(target);
  }

  @Override
  public void close() {
    logs.close();
    jvms.close();
  }

  /** Reads again and again, as the agent does. */
  private void turn(Target target) {
    jvms.read(List.of(target));
    readLogs(
        target,
        target.runtime() == RuntimeKind.GO
            ? List.of(new Attachment("GoGc", State.REFUSED, "no symbols"))
            : jvms.attachments(target));
  }

  void readLogs(Target target, List<Attachment> others) {
    logs.read(List.of(target), _ -> others);
    ledger.flush();
  }

  void awaitSamples(Target target, Origin origin, int count) {
    turnUntil(target, () -> samples(origin).size() >= count);
  }

  void awaitAttachment(Target target) {
    turnUntil(target, () -> !logs.attachments(target).isEmpty());
  }

  void turnUntil(Target target, BooleanSupplier holds) {
    ledger.targets(List.of(target));
    repeatUntil(() -> turn(target), holds);
  }

  static void repeatUntil(Runnable turn, BooleanSupplier holds) {
    await()
        .pollInSameThread()
        .atMost(Duration.ofSeconds(60))
        .until(
            () -> {
              turn.run();
              return holds.getAsBoolean();
            });
  }

  long logged() {
    return samples(Origin.JVM_GC_LOG).size();
  }

  List<Sample> samples(Origin origin) {
    return buffer.since(Position.start()).samples().stream()
        .filter(sample -> sample.origin() == origin)
        .toList();
  }

  List<Double> liveHeap(Origin origin) {
    return samples(origin).stream()
        .flatMap(
            sample -> Optional.ofNullable(sample.values().get(Signal.POST_GC_LIVE_HEAP)).stream())
        .toList();
  }

  List<Signal> signals(Origin origin) {
    return samples(origin).stream()
        .flatMap(sample -> sample.values().keySet().stream())
        .distinct()
        .toList();
  }

  /** Of its processes the first holds most. */
  static Target target(RuntimeKind runtime, long... pids) {
    return new Target(
        Web.watched(Web.KEY, Offers.none()),
        Optional.empty(),
        IntStream.range(0, pids.length)
            .mapToObj(i -> process(runtime, pids[i], pids.length - i))
            .toList());
  }

  static TargetProcess process(RuntimeKind runtime, long pid, long anonymousBytes) {
    return new TargetProcess(
        new TargetProcess.Identity(Web.KEY.containerId(), pid, 1, new ExecutableId(1, pid)),
        anonymousBytes,
        runtime,
        Path.of("/proc/exe"),
        Optional.empty(),
        Optional.of("no symbols"),
        0);
  }
}

package dev.heapwarden.probes.snapshot;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectWriter;
import dev.heapwarden.crds.snapshot.InstanceQuery;
import dev.heapwarden.crds.snapshot.MemorySnapshotStatus.InstanceReport;
import dev.heapwarden.probes.heap.HeapDumpReader;
import dev.heapwarden.probes.heap.InstanceSample;
import dev.heapwarden.probes.jvm.ClassHistogram;
import dev.heapwarden.probes.jvm.DumpPlace;
import dev.heapwarden.probes.jvm.HeapDump;
import dev.heapwarden.probes.jvm.HeapInfo;
import dev.heapwarden.probes.jvm.JvmAttach;
import dev.heapwarden.probes.target.ProcFs;
import dev.heapwarden.probes.target.TargetProcess;
import io.fabric8.kubernetes.api.model.Pod;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.UnaryOperator;

/**
 * Some instances of a class and who holds them: from a heap dump that is read and never kept. It
 * stops the program, so it is taken only where nobody waits for it and nothing kills it for that.
 */
final class InstanceEvidence {
  private static final String FILE = "instances.json";
  private static final ObjectWriter JSON = new ObjectMapper().writerWithDefaultPrettyPrinter();

  /** Without fields, in bytes (JDK 17 to 25 unless headers are compact). */
  private static final long SMALLEST_OBJECT = 16;

  /** Bytes of a sample: of fifty instances it is a few hundred KiB. */
  private static final long ROOM = 1 << 20;

  /** Beyond what it may stop the program for: collecting garbage, putting segments together. */
  private static final Duration SLACK = Duration.ofSeconds(30);

  private static final int SLOWER = 4;

  /** What any dump may take. */
  static final Duration LONGEST = deadline(PauseBounds.LONGEST);

  private final JvmAttach attach;
  private final JvmEvidence jvm;
  private final ProcFs proc;
  private final ArtifactStore store;
  private final BiFunction<String, String, Optional<Pod>> pods;
  private final UnaryOperator<Duration> deadlines;
  private final EarlierDumps earlier = new EarlierDumps();

  /**
   * @param pods of this node, by namespace and name
   */
  InstanceEvidence(
      JvmAttach attach,
      JvmEvidence jvm,
      ProcFs proc,
      ArtifactStore store,
      BiFunction<String, String, Optional<Pod>> pods) {
    this(attach, jvm, proc, store, pods, InstanceEvidence::deadline);
  }

  /**
   * @param deadlines of a dump, by the pause that is forecast
   */
  InstanceEvidence(
      JvmAttach attach,
      JvmEvidence jvm,
      ProcFs proc,
      ArtifactStore store,
      BiFunction<String, String, Optional<Pod>> pods,
      UnaryOperator<Duration> deadlines) {
    this.deadlines = deadlines;
    this.attach = attach;
    this.jvm = jvm;
    this.proc = proc;
    this.store = store;
    this.pods = pods;
  }

  /** What a dump may take, past which the JVM is left alone with it; by the forecast pause. */
  private static Duration deadline(Duration pause) {
    return pause.multipliedBy(SLOWER).plus(SLACK);
  }

  Evidence take(Order order) throws IOException, InterruptedException {
    var process = JvmEvidence.process(order.target());
    if (process.isEmpty()) {
      return new Evidence.Refused("no JVM runs in it");
    }
    if (order.instances().isEmpty()) {
      return new Evidence.Refused("the order names no class");
    }
    var key = order.target().container().key();
    var bounds =
        pods.apply(key.namespace(), key.pod()).flatMap(pod -> DumpBounds.of(pod, key.container()));
    if (bounds.isEmpty()) {
      return new Evidence.Refused("its pod is not known, nor what a heap dump would do to it");
    }
    try {
      return take(order, order.instances().get(), process.get(), bounds.get());
    } catch (JvmAttach.RefusedException refused) {
      return new Evidence.Refused(String.valueOf(refused.getMessage()));
    }
  }

  private Evidence take(Order order, InstanceQuery query, TargetProcess process, DumpBounds bounds)
      throws IOException, InterruptedException {
    var late = earlier.refusal(process);
    if (late.isPresent()) {
      return new Evidence.Refused(late.get());
    }
    var used = HeapInfo.used(jvm.text(process, "GC.heap_info"));
    if (used.isEmpty()) {
      return new Evidence.Refused("the JVM does not say how much its heap holds");
    }
    var forecast = DumpForecast.of(used.getAsLong(), Pause.cpus(order.target()));
    var refusal = bounds.refusal(earlier.corrected(forecast, process));
    if (refusal.isPresent()) {
      return new Evidence.Refused(refusal.get());
    }
    var place = DumpPlace.find(process.pid(), proc.root(), forecast.space(), bounds::volumeLimit);
    store.checkRoom(order.owner(), ROOM);
    long began = System.nanoTime();
    long objects =
        used.getAsLong() > HeapDumpReader.OBJECTS * SMALLEST_OBJECT ? objects(process) : 0;
    var counting = Duration.ofNanos(System.nanoTime() - began);
    if (objects > HeapDumpReader.OBJECTS) {
      return new Evidence.Refused(
          "it has %d live objects, and a heap dump is read of %d at most"
              .formatted(objects, HeapDumpReader.OBJECTS),
          counting);
    }
    try (var dump = dump(process, place, forecast, counting)) {
      return read(order, query, dump, dump.stall().plus(counting));
    }
  }

  /** Those that the dump would have; counting them takes a quarter of its time. */
  private long objects(TargetProcess process) throws IOException, InterruptedException {
    var counted =
        jvm.ask(
            process,
            "GC.class_histogram",
            answer ->
                ClassHistogram.read(
                    new BufferedReader(new InputStreamReader(answer, StandardCharsets.UTF_8))));
    return counted.classes().values().stream().mapToLong(ClassHistogram.Count::instances).sum();
  }

  private HeapDump dump(
      TargetProcess process, DumpPlace place, DumpForecast forecast, Duration counting)
      throws IOException, InterruptedException {
    long began = System.nanoTime();
    var deadline = deadlines.apply(forecast.pause());
    try {
      var dump =
          HeapDump.take(
              attach,
              process.pid(),
              proc.root(),
              jvm.stillIt(process),
              place,
              DumpBounds.LARGEST,
              deadline);
      earlier.ended(process, dump.stall());
      return dump;
    } catch (JvmAttach.RefusedException refused) {
      throw refused;
    } catch (IOException failure) {
      var took = Duration.ofNanos(System.nanoTime() - began);
      if (failure instanceof JvmAttach.LateException) {
        earlier.late(process, deadline);
      } else {
        earlier.ended(process, took);
      }
      throw new StalledException(counting.plus(took), failure);
    }
  }

  private Evidence read(Order order, InstanceQuery query, HeapDump dump, Duration stall)
      throws StalledException {
    try {
      var sample = HeapDumpReader.search(dump.path(), query.className(), query.limit());
      var stored =
          store.store(
              order.owner(), FILE, new ByteArrayInputStream(JSON.writeValueAsBytes(sample)));
      return Evidence.Taken.of(stored, Evidence.Told.instances(report(sample)), stall);
    } catch (IOException failure) {
      throw new StalledException(stall, failure);
    }
  }

  private static InstanceReport report(InstanceSample sample) {
    return new InstanceReport(
        sample.className(),
        sample.instances(),
        sample.sample().size(),
        sample.holders().stream()
            .limit(InstanceReport.HOLDERS_LIMIT)
            .map(
                holder ->
                    new InstanceReport.Holder(
                        holder.root(), holder.chain(), holder.instances().size()))
            .toList());
  }
}

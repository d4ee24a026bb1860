package dev.heapwarden.probes.snapshot;

import static java.util.stream.Collectors.joining;

import dev.heapwarden.crds.snapshot.MemorySnapshotStatus;
import dev.heapwarden.crds.snapshot.MemorySnapshotStatus.JvmReport;
import dev.heapwarden.crds.snapshot.MemorySnapshotStatus.OptionReport;
import dev.heapwarden.detection.sample.RuntimeKind;
import dev.heapwarden.probes.jvm.Counters;
import dev.heapwarden.probes.jvm.JvmAttach;
import dev.heapwarden.probes.jvm.JvmFlags;
import dev.heapwarden.probes.jvm.OptionCheck;
import dev.heapwarden.probes.jvm.OptionInForce;
import dev.heapwarden.probes.probe.CgroupMemory;
import dev.heapwarden.probes.target.ProcFs;
import dev.heapwarden.probes.target.Target;
import dev.heapwarden.probes.target.TargetProcess;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.Set;

/**
 * What a runtime was started with: the flags of a JVM, and whether it would start with the options
 * of the order or already runs with them; of a Go program the names of the variables it reads, and
 * the settings that its runtime goes by.
 */
final class FlagEvidence {
  private static final String FILE = "flags.txt";
  private static final String LAST_WORD = "_JAVA_OPTIONS";
  private static final Path LAUNCHER = Path.of("java");

  private final JvmEvidence jvm;
  private final GoMemoryEvidence memory;
  private final ArtifactStore store;
  private final ProcFs proc;

  FlagEvidence(JvmEvidence jvm, GoMemoryEvidence memory, ArtifactStore store, ProcFs proc) {
    this.jvm = jvm;
    this.memory = memory;
    this.store = store;
    this.proc = proc;
  }

  Evidence take(Order order) throws IOException, InterruptedException {
    var process = JvmEvidence.process(order.target());
    if (process.isEmpty()) {
      return order.target().runtime() == RuntimeKind.GO
          ? variables(order)
          : new Evidence.Refused("neither a JVM nor a Go program runs in it");
    }
    try {
      return take(order, process.get());
    } catch (JvmAttach.RefusedException refused) {
      return new Evidence.Refused(String.valueOf(refused.getMessage()));
    }
  }

  private Evidence take(Order order, TargetProcess process)
      throws IOException, InterruptedException {
    long began = System.nanoTime();
    var version = jvm.text(process, "VM.version");
    var flags = jvm.text(process, "VM.flags -all");
    var log = version.contains("JDK 8.") ? "" : jvm.text(process, "VM.log list");
    var stall = Duration.ofNanos(System.nanoTime() - began);
    var read = JvmFlags.read(version, flags, log);
    if (read.isEmpty()) {
      return new Evidence.Failed("the JVM printed its flags in an unknown form");
    }
    var check =
        new OptionCheck(
            read.get(),
            order.jvmOptions(),
            proc.variables(process.pid(), Set.of(LAST_WORD)).contains(LAST_WORD),
            memoryLimit(order.target()),
            Counters.readable(process.pid(), proc.root()).flatMap(Counters::now));
    var running = new OptionInForce(read.get());
    var options =
        order.jvmOptions().stream()
            .map(
                option -> {
                  var refusal = check.refusal(option);
                  var instead = running.instead(option);
                  return new OptionReport(
                      option,
                      refusal.isEmpty(),
                      refusal.orElse(null),
                      instead.isEmpty(),
                      instead.orElse(null));
                })
            .toList();
    var stored =
        store.store(
            order.owner(),
            FILE,
            new ByteArrayInputStream((version + flags + log).getBytes(StandardCharsets.UTF_8)));
    return Evidence.Taken.of(
        stored,
        Evidence.Told.jvm(new JvmReport(read.get().version(), isLauncher(process), options)),
        stall);
  }

  /** Never their values: what the runtime goes by is read from the runtime. */
  private Evidence variables(Order order) throws IOException {
    var names =
        proc.variables(order.target().main().orElseThrow().pid(), MemorySnapshotStatus.VARIABLES);
    var text = names.stream().sorted().map(name -> name + "\n").collect(joining());
    return Evidence.Taken.of(
        store.store(
            order.owner(),
            "variables.txt",
            new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8))),
        Evidence.Told.go(memory.settings(order.target())));
  }

  private boolean isLauncher(TargetProcess process) throws IOException {
    var executable = Files.readSymbolicLink(proc.directory(process.pid()).resolve("exe"));
    return LAUNCHER.equals(executable.getFileName());
  }

  private static OptionalLong memoryLimit(Target target) throws IOException {
    return target.cgroup().isEmpty()
        ? OptionalLong.empty()
        : CgroupMemory.read(target.cgroup().get()).limit();
  }
}

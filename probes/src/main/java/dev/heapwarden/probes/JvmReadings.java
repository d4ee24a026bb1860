package dev.heapwarden.probes;

import dev.heapwarden.crds.policy.RuntimeChoice;
import dev.heapwarden.detection.sample.Attachment;
import dev.heapwarden.detection.sample.RuntimeKind;
import dev.heapwarden.probes.jvm.JvmCounters;
import dev.heapwarden.probes.sample.Ledger;
import dev.heapwarden.probes.target.Target;
import dev.heapwarden.probes.target.TargetProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Reads the counters of the JVMs among the targets. {@link #read} is called by one thread; {@link
 * #attachment} by any.
 */
final class JvmReadings {
  private static final String COUNTERS = "JvmCounters";

  /** A reading is one file of 32 KiB; the lowest level between two collections is to be seen. */
  private static final Duration PACE = Duration.ofSeconds(1);

  private final Ledger ledger;
  private final Path procRoot;
  private final Map<TargetProcess.Identity, Attachment> attachments = new ConcurrentHashMap<>();
  private long readAt = System.nanoTime() - PACE.toNanos();

  JvmReadings(Ledger ledger, Path procRoot) {
    this.ledger = ledger;
    this.procRoot = procRoot;
  }

  /** Reads all that are due. */
  void read(List<Target> targets) {
    long now = System.nanoTime();
    if (now - readAt < PACE.toNanos()) {
      return;
    }
    readAt = now;
    var seen = new HashMap<TargetProcess.Identity, Attachment>();
    for (var target : targets) {
      for (var process : jvms(target)) {
        seen.put(process.identity(), read(target, process));
      }
    }
    attachments.putAll(seen);
    attachments.keySet().retainAll(Set.copyOf(seen.keySet()));
  }

  /** Whether the counters of the target's main process are read; empty where it is no JVM. */
  Optional<Attachment> attachment(Target target) {
    return target
        .main()
        .filter(process -> jvms(target).contains(process))
        .map(
            process ->
                attachments.getOrDefault(
                    process.identity(),
                    new Attachment(
                        COUNTERS, Attachment.State.PENDING, "it was not looked at yet")));
  }

  private Attachment read(Target target, TargetProcess process) {
    try {
      var counters = JvmCounters.read(process.pid(), procRoot);
      if (counters.isEmpty()) {
        return refused(
            "it keeps no counter file: started with -XX:-UsePerfData, or by a user without a name");
      }
      ledger.counted(target.container().key(), process.pid(), counters.get());
      return new Attachment(COUNTERS, Attachment.State.ATTACHED, null);
    } catch (IOException | UncheckedIOException unreadable) {
      return refused(String.valueOf(unreadable.getMessage()));
    }
  }

  private static Attachment refused(String reason) {
    return new Attachment(COUNTERS, Attachment.State.REFUSED, reason);
  }

  private static List<TargetProcess> jvms(Target target) {
    var choice = target.container().choice();
    return choice == RuntimeChoice.AUTO || choice == RuntimeChoice.JVM
        ? target.processes().stream()
            .filter(process -> process.runtime() == RuntimeKind.JVM)
            .toList()
        : List.of();
  }
}

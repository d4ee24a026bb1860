package dev.heapwarden.probes;

import dev.heapwarden.crds.policy.RuntimeChoice;
import dev.heapwarden.detection.sample.Attachment;
import dev.heapwarden.detection.sample.RuntimeKind;
import dev.heapwarden.probes.jvm.Counters;
import dev.heapwarden.probes.jvm.Held;
import dev.heapwarden.probes.jvm.JvmCounters;
import dev.heapwarden.probes.jvm.JvmUsdt;
import dev.heapwarden.probes.lane.Lanes;
import dev.heapwarden.probes.sample.Ledger;
import dev.heapwarden.probes.target.Target;
import dev.heapwarden.probes.target.TargetProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Reads the counters of the JVMs among the targets, on threads of its own: a file lies in the
 * container, whose file systems may never answer. {@link #read} is called by one thread; {@link
 * #attachments} by any.
 */
public final class JvmReadings implements AutoCloseable {
  static final String LIVE_HEAP = "JvmLiveHeap";
  private static final String PAUSES = "JvmPauses";

  /** A reading is one file of 32 KiB; the lowest level between two collections is to be seen. */
  private static final Duration PACE = Duration.ofSeconds(1);

  private static final Duration PATIENCE = Duration.ofSeconds(10);

  /** A JVM without counters has none later, but for the first moments of its life. */
  private static final Duration SEARCH_AGAIN = Duration.ofSeconds(10);

  private final Ledger ledger;
  private final Path procRoot;
  private final Lanes lanes = new Lanes();
  private final Map<TargetProcess.Identity, Look> looks = new ConcurrentHashMap<>();
  private long readAt = System.nanoTime() - PACE.toNanos();

  /**
   * The latest look at a process.
   *
   * @param file where its counters were found; empty where they are to be searched for
   * @param usdt the probes in it; empty where its counters are read
   */
  private record Look(
      long at, Optional<Counters> file, Optional<JvmUsdt> usdt, List<Attachment> attachments) {}

  public JvmReadings(Ledger ledger, Path procRoot) {
    this.ledger = ledger;
    this.procRoot = procRoot;
  }

  /** Has all read that are due; does not wait for them. */
  public void read(List<Target> targets) {
    long now = System.nanoTime();
    if (now - readAt < PACE.toNanos()) {
      return;
    }
    readAt = now;
    var judged = new LinkedHashMap<Target, TargetProcess>();
    targets.forEach(target -> jvm(target).ifPresent(process -> judged.put(target, process)));
    // Before any is looked at: the file of a JVM that ended may be another one's by now.
    looks
        .keySet()
        .retainAll(
            judged.values().stream().map(TargetProcess::identity).collect(Collectors.toSet()));
    judged.forEach((target, process) -> lanes.run(lane(target), () -> look(target, process)));
  }

  /** What is read of the target's JVM; empty where its main process is none. */
  public List<Attachment> attachments(Target target) {
    var process = jvm(target);
    if (process.isEmpty()) {
      return List.of();
    }
    var stuck = lanes.stuck(lane(target), PATIENCE);
    if (stuck.isPresent()) {
      return List.of(refused(JvmCounters.PROBE, "reading them from its /tmp: " + stuck.get()));
    }
    var look = looks.get(process.get().identity());
    return look == null
        ? List.of(
            new Attachment(JvmCounters.PROBE, Attachment.State.PENDING, "it was not looked at yet"))
        : look.attachments();
  }

  /** The probes in the target's JVM, where its counters are not to be had. */
  public Optional<JvmUsdt> withoutCounters(Target target) {
    return jvm(target)
        .flatMap(process -> Optional.ofNullable(looks.get(process.identity())))
        .flatMap(Look::usdt);
  }

  @Override
  public void close() {
    lanes.close();
  }

  private void look(Target target, TargetProcess process) {
    var before = Optional.ofNullable(looks.get(process.identity()));
    var known = before.flatMap(Look::file);
    if (known.isEmpty()
        && before
            .filter(look -> System.nanoTime() - look.at() < SEARCH_AGAIN.toNanos())
            .isPresent()) {
      return;
    }
    var look = look(target, process, known);
    looks.put(
        process.identity(),
        isRefused(look)
            ? new Look(
                look.at(), look.file(), Optional.of(usdt(before, process)), look.attachments())
            : look);
  }

  /** They are looked for until they are found. */
  private JvmUsdt usdt(Optional<Look> before, TargetProcess process) {
    return before.flatMap(Look::usdt).orElse(null) instanceof JvmUsdt.Found found
        ? found
        : JvmUsdt.of(process.pid(), procRoot);
  }

  private static boolean isRefused(Look look) {
    return look.attachments().getFirst().state() == Attachment.State.REFUSED;
  }

  private Look look(Target target, TargetProcess process, Optional<Counters> known) {
    try {
      var file = known.isPresent() ? known : Counters.of(process.pid(), procRoot);
      if (file.isEmpty()) {
        return failed(
            "it keeps no counters: it was started with -XX:-UsePerfData; with -Xlog:gc* too its log"
                + " is read");
      }
      if (file.get().file().filter(shared -> isShared(shared, process)).isPresent()) {
        // It is kept, so that the other is refused too.
        return look(
            file,
            refused(JvmCounters.PROBE, "another JVM writes the same file: they share a /tmp"));
      }
      var counters = file.get().read();
      ledger.counted(target.container().key(), process.pid(), counters);
      var attached =
          new Attachment(JvmCounters.PROBE, Attachment.State.ATTACHED, others(target, file.get()));
      return look(
          file, attached, told(LIVE_HEAP, counters.notLive()), told(PAUSES, counters.notPauses()));
    } catch (IOException unreadable) {
      return failed(String.valueOf(unreadable.getMessage()));
    }
  }

  private boolean isShared(Held.Id file, TargetProcess process) {
    return looks.entrySet().stream()
        .filter(other -> !other.getKey().equals(process.identity()))
        .anyMatch(
            other ->
                other.getValue().file().flatMap(Counters::file).filter(file::equals).isPresent());
  }

  /** Says which JVM is meant where there are several. */
  private static @Nullable String others(Target target, Counters file) {
    long jvms =
        target.processes().stream().filter(process -> process.runtime() == RuntimeKind.JVM).count();
    return jvms < 2
        ? null
        : "of its %d JVMs the one with pid %d is judged, which holds most"
            .formatted(jvms, file.innerPid());
  }

  private static Look failed(String reason) {
    return look(Optional.empty(), refused(JvmCounters.PROBE, reason));
  }

  private static Look look(Optional<Counters> file, Attachment... attachments) {
    return new Look(System.nanoTime(), file, Optional.empty(), List.of(attachments));
  }

  private static Attachment told(String probe, Optional<String> refusal) {
    return refusal
        .map(why -> refused(probe, why))
        .orElseGet(() -> new Attachment(probe, Attachment.State.ATTACHED, null));
  }

  private static Attachment refused(String probe, String reason) {
    return new Attachment(probe, Attachment.State.REFUSED, reason);
  }

  private static String lane(Target target) {
    return target.container().key().containerId();
  }

  /** The JVM that is judged: a container's readings are of one process. */
  private static Optional<TargetProcess> jvm(Target target) {
    var choice = target.container().choice();
    return choice == RuntimeChoice.AUTO || choice == RuntimeChoice.JVM
        ? target.main().filter(process -> process.runtime() == RuntimeKind.JVM)
        : Optional.empty();
  }
}

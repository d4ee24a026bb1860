package dev.heapwarden.probes.probe;

import dev.heapwarden.detection.sample.Attachment;
import dev.heapwarden.probes.cost.Cause;
import dev.heapwarden.probes.cost.Spending;
import dev.heapwarden.probes.jvm.JvmUsdt;
import dev.heapwarden.probes.target.Target;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The node's one bpftrace: kept in step with the targets, restarted when it dies, and replaced
 * without losing an event or counting one twice. {@link #reconcile} is called by one thread, again
 * and again; {@link #attachments} by any.
 */
public final class NodeProbe implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(NodeProbe.class);
  private static final Duration ATTACH_DEADLINE = Duration.ofSeconds(30);

  /** For finding out which executables do not attach; two more tries may be under way then. */
  private static final Duration SEARCH_LIMIT = Duration.ofSeconds(90);

  /** Six slots without a word. */
  private static final Duration SILENCE_LIMIT = Duration.ofSeconds(30);

  /** Least time between two programs that differ only in processes of the same containers. */
  private static final Duration CHURN_GAP = Duration.ofSeconds(10);

  private static final Duration LONGEST_BACK_OFF = Duration.ofMinutes(1);

  private final Bpftrace bpftrace;
  private final Spending spending;
  private final Consumer<ProbeEvent> sink;
  private final ProbeCounters counters = new ProbeCounters();
  private final Tracepoints tracepoints;

  private final Refusals refusals = new Refusals(System::nanoTime);

  private final JvmProbing jvms = new JvmProbing();

  private volatile @Nullable NodeRun current;

  /** Why no program attaches at all. */
  private volatile @Nullable String failure;

  /** Why the last program ended. */
  private volatile @Nullable String death;

  private @Nullable NodeRun retiring;
  private Duration backOff = Duration.ZERO;
  private long notBefore = System.nanoTime();
  private long switchedAt = System.nanoTime();

  /**
   * @param spending takes what the probes take, and says which are left out
   * @param sink takes all else that they tell
   */
  public NodeProbe(
      Bpftrace bpftrace, Tracepoints tracepoints, Spending spending, Consumer<ProbeEvent> sink) {
    this.bpftrace = bpftrace;
    this.tracepoints = tracepoints;
    this.spending = spending;
    this.sink =
        event -> {
          if (event instanceof ProbeEvent.Spent spent) {
            spending.spent(spent.pid(), spent.cause(), spent.cpuNanos());
            return;
          }
          jvms.saw(event);
          sink.accept(event);
        };
  }

  public ProbeCounters counters() {
    return counters;
  }

  /** Whether bpftrace runs, or nothing is there for it to do. */
  public boolean alive() {
    var run = current;
    return failure == null && death == null && (run == null || !run.ended());
  }

  /**
   * Brings the running program in step with the targets; may take as long as attaching does.
   *
   * @param unheard the probes of a target's JVM, where that is seen in no other way
   */
  public void reconcile(List<Target> targets, Function<Target, Optional<JvmUsdt>> unheard)
      throws InterruptedException {
    retire();
    buryTheDead();
    refusals.forget(path -> runs(targets, path) || JvmProbing.runs(targets, unheard, path));
    var wanted =
        NodePlan.of(
            targets,
            path -> refusals.reason(path).isEmpty(),
            tracepoints.pageFaults().isEmpty(),
            target -> spending.leftOut(target).keySet(),
            unheard);
    jvms.retain(wanted.pids());
    var run = current;
    if (run != null && retiring == null) {
      run.slim();
    }
    if (run != null && run.plan().sameAs(wanted)) {
      return;
    }
    if (retiring != null || System.nanoTime() - notBefore < 0 || onlyChurn(run, wanted)) {
      return;
    }
    if (wanted.isIdle()) {
      replaceBy(null);
      return;
    }
    start(wanted);
  }

  /**
   * What is attached to a container, and why not.
   *
   * @param jvm what is read of its JVM; empty where its main process is none
   * @param unheard the probes of its JVM, where that is seen in no other way
   */
  public List<Attachment> attachments(
      Target target, List<Attachment> jvm, Optional<JvmUsdt> unheard) {
    var run = current;
    var attached = run == null || run.ended() ? NodePlan.nothing() : run.plan();
    var leftOut = spending.leftOut(target);
    var waiting = Optional.ofNullable(death).orElse("bpftrace is attaching");
    var others =
        Attachments.of(
            target,
            jvm,
            tracepoints.pageFaults(),
            leftOut,
            Optional.ofNullable(failure),
            waiting,
            process -> refusals.reason(process.executable()),
            attached);
    return Stream.concat(
            others.stream(),
            unheard
                .flatMap(
                    probes ->
                        jvms.attachment(
                            target,
                            probes,
                            Optional.ofNullable(leftOut.get(Cause.JVM_USDT))
                                .or(() -> JvmProbing.library(probes).flatMap(refusals::reason))
                                .or(() -> Optional.ofNullable(failure)),
                            waiting,
                            attached))
                .stream())
        .toList();
  }

  @Override
  public void close() {
    for (var run : new NodeRun[] {retiring, current}) {
      if (run != null) {
        run.stop();
      }
    }
  }

  private static boolean runs(List<Target> targets, Path executable) {
    return targets.stream()
        .flatMap(target -> target.processes().stream())
        .anyMatch(process -> process.executable().equals(executable));
  }

  private boolean onlyChurn(@Nullable NodeRun run, NodePlan wanted) {
    return run != null
        && run.plan().containers().equals(wanted.containers())
        && System.nanoTime() - switchedAt < CHURN_GAP.toNanos();
  }

  private void start(NodePlan plan) throws InterruptedException {
    try {
      var run = launch(plan, current);
      if (run.awaitAttached(ATTACH_DEADLINE)) {
        LOG.info(
            "attached processes={} executables={}",
            plan.processes().size(),
            plan.executables().size());
        replaceBy(run);
        failure = null;
        death = null;
        backOff = Duration.ZERO;
        return;
      }
      run.stop();
      var reason = run.complaint();
      LOG.warn("program did not attach reason={}", reason);
      if (plan.executables().isEmpty() || !refuseOffenders(plan)) {
        failure = reason;
        retryLater(reason);
      }
    } catch (IOException unstartable) {
      var reason = "bpftrace cannot be started: " + unstartable.getMessage();
      failure = reason;
      retryLater(reason);
    }
  }

  private NodeRun launch(NodePlan plan, @Nullable NodeRun predecessor) throws IOException {
    counters.started();
    var probed = NodeProgram.probed(plan.executables(), bpftrace);
    return new NodeRun(bpftrace, plan, probed, predecessor, sink, counters);
  }

  private boolean refuseOffenders(NodePlan plan) throws IOException, InterruptedException {
    var offenders =
        new Offenders(bpftrace, ATTACH_DEADLINE, SEARCH_LIMIT)
            .among(List.copyOf(plan.executables().entrySet()));
    offenders.forEach((path, found) -> LOG.warn("refused path={} reason={}", path, found.reason()));
    refusals.add(offenders);
    return !offenders.isEmpty();
  }

  private void replaceBy(@Nullable NodeRun run) {
    retiring = current;
    current = run;
    switchedAt = System.nanoTime();
    if (run == null && retiring != null) {
      retiring.stop();
    }
  }

  private void retire() {
    var old = retiring;
    if (old != null && (old.ended() || old.pastItsClaim())) {
      old.stop();
      retiring = null;
    }
  }

  private void buryTheDead() {
    var run = current;
    if (run == null) {
      return;
    }
    if (run.silence().compareTo(SILENCE_LIMIT) > 0) {
      run.stop();
    } else if (!run.ended()) {
      return;
    }
    current = null;
    counters.died();
    death = run.complaint();
    retryLater(run.complaint());
  }

  private void retryLater(String reason) {
    backOff =
        backOff.isZero()
            ? Duration.ofSeconds(1)
            : backOff.multipliedBy(2).compareTo(LONGEST_BACK_OFF) > 0
                ? LONGEST_BACK_OFF
                : backOff.multipliedBy(2);
    notBefore = System.nanoTime() + backOff.toNanos();
    LOG.warn("bpftrace is not running reason={} retryIn={}", reason, backOff);
  }
}

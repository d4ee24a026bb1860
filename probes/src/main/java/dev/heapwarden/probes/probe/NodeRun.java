package dev.heapwarden.probes.probe;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One bpftrace that runs a node program, from its start to its end. */
final class NodeRun {
  private static final Logger LOG = LoggerFactory.getLogger(NodeRun.class);

  private final NodePlan plan;
  private final List<NodeProgram.Probed> executables;
  private final int expected;
  private final Consumer<ProbeEvent> sink;
  private final ProbeCounters counters;
  private final NodeEvents events;
  private final CompletableFuture<Boolean> attached = new CompletableFuture<>();
  private final ChildProcess child;
  private int announced;
  private boolean slimmed;
  private volatile Claim claim = Claim.whole();
  private volatile long heardAt = System.nanoTime();
  private volatile @Nullable NodeRun predecessor;

  NodeRun(
      Bpftrace bpftrace,
      NodePlan plan,
      List<NodeProgram.Probed> executables,
      @Nullable NodeRun predecessor,
      Consumer<ProbeEvent> sink,
      ProbeCounters counters)
      throws IOException {
    this.plan = plan;
    this.events = new NodeEvents(plan.faultingPids(), new Hits(plan, executables));
    this.executables = List.copyOf(executables);
    this.expected = NodeProgram.probes(executables, !plan.faulting().isEmpty());
    this.predecessor = predecessor;
    this.sink = sink;
    this.counters = counters;
    child =
        bpftrace.start(
            NodeProgram.text(plan, executables),
            0,
            executables.stream().map(NodeProgram.Probed::link).toList(),
            null,
            this::heard);
    var _ = child.ended().thenAccept(status -> attached.complete(false));
  }

  NodePlan plan() {
    return plan;
  }

  /** Waits until every probe is attached; false when the program ended or the time is over. */
  boolean awaitAttached(Duration deadline) throws InterruptedException {
    try {
      return attached.get(deadline.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException _) {
      return giveUp();
    } catch (ExecutionException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  /** From here on it can take nothing over, however late it attaches. */
  private synchronized boolean giveUp() {
    attached.complete(false);
    return attached.join();
  }

  boolean ended() {
    return child.ended().isDone();
  }

  /** Time since bpftrace last said anything; a healthy one speaks at the end of every slot. */
  Duration silence() {
    return Duration.ofNanos(System.nanoTime() - heardAt);
  }

  /** Whether its part is over and nothing of it can be outstanding. */
  boolean pastItsClaim() {
    long until = claim.until();
    return until != Long.MAX_VALUE && System.nanoTime() > until + Duration.ofSeconds(2).toNanos();
  }

  /** Gives back what it needed to attach, and needs no more; once, when it runs alone. */
  void slim() {
    if (slimmed) {
      return;
    }
    slimmed = true;
    child.pid().ifPresent(NodeRun::giveBack);
  }

  private static void giveBack(long pid) {
    try {
      LOG.info("compiler pages given back mebibytes={}", CompilerPages.giveBack(pid) >> 20);
    } catch (IOException ended) {
      LOG.debug("compiler pages stay", ended);
    }
  }

  String complaint() {
    return announced > 0 && announced != expected
        ? "bpftrace found %d of %d probes".formatted(announced, expected)
        : "bpftrace: " + inTheReadersTerms(child.complaint());
  }

  void stop() {
    child.stop();
  }

  /** Without the agent's own files: a place in the program means nothing to whoever reads it. */
  private String inTheReadersTerms(String complaint) {
    var text = complaint.replaceFirst("^/\\S+\\.bt:\\S+ ERROR: ", "");
    for (var probed : executables) {
      text = text.replace("'" + probed.link() + "'", probed.executable().path().toString());
    }
    return text;
  }

  private void heard(BpftraceLine line) {
    heardAt = System.nanoTime();
    switch (line) {
      case BpftraceLine.Announced count -> announced = count.probes();
      case BpftraceLine.Lost lost -> counters.lost(lost.events());
      case BpftraceLine.MapFull _ -> counters.full();
      case BpftraceLine.Values values when values.map().equals("@untold") ->
          counters.untold(values.values().getOrDefault("", BpftraceLine.JSON.nullNode()).asLong());
      case BpftraceLine.Values _, BpftraceLine.Text _ -> {
        var seen = events.read(line);
        if (!attached.isDone() && events.started().isPresent()) {
          takeOver();
        }
        // A slot's count belongs to the slot, whose last nanosecond is before its end.
        seen.stream()
            .filter(event -> claim.takes(event.cause(), event.pid(), timeOf(event)))
            .forEach(sink);
      }
    }
  }

  private static long timeOf(ProbeEvent event) {
    return switch (event) {
      case ProbeEvent.Faults _, ProbeEvent.Spent _ -> event.nanos() - 1;
      case ProbeEvent.Collection _,
          ProbeEvent.MapGrowth _,
          ProbeEvent.JvmCollection _,
          ProbeEvent.JvmPause _ ->
          event.nanos();
    };
  }

  /** On the reader's thread and before the first event, so that no event meets an old claim. */
  private synchronized void takeOver() {
    if (attached.isDone()) {
      return;
    }
    if (announced == expected) {
      var before = predecessor;
      predecessor = null;
      if (before != null && !before.ended()) {
        // At least a second away: what the old one saw before it has not all been read yet.
        long cutOver =
            ((System.nanoTime() + 1_000_000_000L) / NodeProgram.SLOT_NANOS + 1)
                * NodeProgram.SLOT_NANOS;
        claim = Claim.after(cutOver, before.plan.watched());
        before.claim = before.claim.endingAt(cutOver);
      }
    }
    attached.complete(announced == expected);
  }
}

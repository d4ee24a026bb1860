package dev.heapwarden.operator.uninstall;

import dev.heapwarden.crds.incident.LeakIncident;
import dev.heapwarden.crds.incident.Step;
import dev.heapwarden.crds.policy.MemoryPolicy;
import dev.heapwarden.operator.evaluate.Names;
import dev.heapwarden.operator.respond.journal.Journal;
import dev.heapwarden.operator.respond.journal.Steps;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks the operator to undo every incident, and waits until it has and holds no policy. */
public final class UndoAll {
  private static final Logger LOG = LoggerFactory.getLogger(UndoAll.class);

  private final Incidents incidents;
  private final InstantSource clock;
  private final Pause pause;

  /** Wires the parts. */
  public UndoAll(Incidents incidents, InstantSource clock, Pause pause) {
    this.incidents = incidents;
    this.clock = clock;
    this.pause = pause;
  }

  /** The incidents of the watched namespaces, and their policies. */
  public interface Incidents {
    /** As they are now. */
    List<LeakIncident> list();

    /** As they are now. */
    List<MemoryPolicy> policies();

    /** Sets {@code spec.response.undo}. */
    void askUndo(LeakIncident incident);
  }

  /** Between two looks. */
  public interface Pause {
    void take() throws InterruptedException;
  }

  /**
   * What was found when the waiting ended.
   *
   * @param holding what still holds, each as namespace/name with phase and reason, policies that
   *     are still held, and what could not be undone as asked; empty when all that was asked for is
   *     undone and no policy would be left that nobody lets go
   * @param remains what could not be undone earlier, when nobody asked: it holds nothing up
   */
  public record Outcome(List<String> holding, List<String> remains) {}

  /** Asks, and looks until nothing is left to wait for or the time is over. */
  public Outcome within(Duration time) throws InterruptedException {
    var deadline = clock.instant().plus(time);
    while (true) {
      var all = incidents.list();
      var holding = all.stream().filter(UndoAll::holds).toList();
      var held =
          incidents.policies().stream()
              .filter(policy -> policy.hasFinalizer(Journal.FINALIZER))
              .toList();
      if ((holding.isEmpty() && held.isEmpty()) || !clock.instant().isBefore(deadline)) {
        return new Outcome(
            Stream.of(
                    holding.stream().map(UndoAll::line),
                    held.stream().map(UndoAll::line),
                    stuck(all, true))
                .flatMap(lines -> lines)
                .toList(),
            stuck(all, false).toList());
      }
      holding.stream().filter(incident -> !incident.getSpec().response().undo()).forEach(this::ask);
      pause.take();
    }
  }

  /** The steps that could not be undone, of incidents that somebody asked to undo, or of others. */
  private static Stream<String> stuck(List<LeakIncident> all, boolean asked) {
    return all.stream()
        .filter(incident -> !holds(incident) && incident.getSpec().response().undo() == asked)
        .flatMap(
            incident ->
                Stream.ofNullable(incident.getStatus())
                    .flatMap(Steps::all)
                    .flatMap(step -> stuck(incident, step).stream()));
  }

  private static Optional<String> stuck(LeakIncident incident, Step step) {
    return Steps.undoFailure(step)
        .map(
            reason ->
                "%s/%s: %s of %s could not be undone: %s"
                    .formatted(
                        incident.getMetadata().getNamespace(),
                        incident.getMetadata().getName(),
                        step.action(),
                        step.object(),
                        reason));
  }

  private void ask(LeakIncident incident) {
    LOG.info(
        "undo asked for namespace={} incident={}",
        incident.getMetadata().getNamespace(),
        incident.getMetadata().getName());
    incidents.askUndo(incident);
  }

  /** One without a status was just opened: nothing was done for it. */
  private static boolean holds(LeakIncident incident) {
    var status = incident.getStatus();
    return incident.hasFinalizer(Journal.FINALIZER)
        || (status != null && status.phase() != null && !status.phase().terminal());
  }

  private static String line(MemoryPolicy policy) {
    return "%s/%s (MemoryPolicy): the operator has not removed its finalizer %s"
        .formatted(
            policy.getMetadata().getNamespace(), policy.getMetadata().getName(), Journal.FINALIZER);
  }

  private static String line(LeakIncident incident) {
    var status = incident.getStatus();
    var waits = status == null ? null : status.waitingFor();
    return "%s/%s (%s): %s"
        .formatted(
            incident.getMetadata().getNamespace(),
            incident.getMetadata().getName(),
            status == null ? "no status" : Names.camel(status.phase()),
            Objects.requireNonNullElse(
                waits,
                "the operator has not answered; does one run, and with the level's rights?"));
  }
}

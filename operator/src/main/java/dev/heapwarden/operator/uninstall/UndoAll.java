package dev.heapwarden.operator.uninstall;

import dev.heapwarden.crds.incident.LeakIncident;
import dev.heapwarden.operator.evaluate.Names;
import dev.heapwarden.operator.respond.journal.Journal;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks the operator to undo every incident, and waits until it has. */
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

  /** The incidents of the watched namespaces. */
  public interface Incidents {
    /** As they are now. */
    List<LeakIncident> list();

    /** Sets {@code spec.response.undo}. */
    void askUndo(LeakIncident incident);
  }

  /** Between two looks. */
  public interface Pause {
    void take() throws InterruptedException;
  }

  /**
   * Asks, and looks until nothing is left or the time is over.
   *
   * @return what still holds, each as namespace/name with phase and reason; empty when all that was
   *     done is undone
   */
  public List<String> within(Duration time) throws InterruptedException {
    var deadline = clock.instant().plus(time);
    while (true) {
      var holding = incidents.list().stream().filter(UndoAll::holds).toList();
      if (holding.isEmpty() || !clock.instant().isBefore(deadline)) {
        return holding.stream().map(UndoAll::line).toList();
      }
      holding.stream().filter(incident -> !incident.getSpec().response().undo()).forEach(this::ask);
      pause.take();
    }
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

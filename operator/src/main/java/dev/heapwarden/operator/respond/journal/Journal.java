package dev.heapwarden.operator.respond.journal;

import dev.heapwarden.crds.Api;
import dev.heapwarden.crds.incident.LeakIncident;
import dev.heapwarden.crds.incident.LeakIncidentStatus;
import dev.heapwarden.crds.incident.Phase;
import dev.heapwarden.operator.report.EventRecorder;
import dev.heapwarden.operator.report.Reason;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import java.time.InstantSource;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;

/**
 * The record of one incident during one reconciliation. A write that meets a conflict throws, so
 * nothing that follows it is done.
 */
public final class Journal {
  /** Keeps an incident, and the policy it is of, until what it did is undone. */
  public static final String FINALIZER = Api.GROUP + "/undo";

  /** What happens to the pod itself. */
  private static final Set<Reason> OF_THE_POD =
      EnumSet.of(Reason.SNAPSHOT_REQUESTED, Reason.SNAPSHOT_TAKEN, Reason.POD_ISOLATED);

  private final IncidentStore store;
  private final EventRecorder events;
  private final InstantSource clock;
  private final List<HasMetadata> alsoTold;
  private LeakIncident incident;

  /**
   * The record of an incident as it was just read.
   *
   * @param alsoTold resources besides the incident on which its Events appear, its policy and the
   *     pod of its finding; the pod only hears what happens to itself
   */
  public Journal(
      LeakIncident incident,
      IncidentStore store,
      EventRecorder events,
      InstantSource clock,
      List<HasMetadata> alsoTold) {
    this.incident = incident;
    this.store = store;
    this.events = events;
    this.clock = clock;
    this.alsoTold = List.copyOf(alsoTold);
  }

  public LeakIncident incident() {
    return incident;
  }

  public LeakIncidentStatus status() {
    return Objects.requireNonNull(incident.getStatus(), "incident without a status");
  }

  public Phase phase() {
    return status().phase();
  }

  /**
   * Writes what changed, if anything did, and then says it.
   *
   * @throws IncidentStore.Conflict when the incident changed since it was read
   */
  public void write(Consumer<StatusDraft> change) {
    var draft = new StatusDraft(status(), clock.instant());
    change.accept(draft);
    var next = draft.toStatus();
    if (next.equals(status())) {
      return;
    }
    var written = copy();
    written.setStatus(next);
    incident = store.updateStatus(written);
    for (var line : draft.said()) {
      events.record(incident, line.reason(), line.message());
      alsoTold.stream()
          .filter(about -> !(about instanceof Pod) || OF_THE_POD.contains(line.reason()))
          .forEach(about -> events.record(about, line.reason(), line.message()));
    }
  }

  /**
   * From here on neither the incident nor its policy can vanish before the effects are undone. The
   * incident comes first: it is what the policy is held for.
   *
   * @throws IncidentStore.Conflict when the policy is deleted: nothing is begun under it any more
   */
  public void hold() {
    if (!incident.hasFinalizer(FINALIZER)) {
      var held = copy();
      held.addFinalizer(FINALIZER);
      incident = store.updateMetadata(held);
    }
    if (!settlePolicy()) {
      throw new IncidentStore.Conflict(
          "policy %s is deleted".formatted(incident.getSpec().target().policy()));
    }
  }

  /** Lets the incident go, and the last one its policy: nothing of it is left in the cluster. */
  public void release() {
    if (incident.hasFinalizer(FINALIZER)) {
      var released = copy();
      released.removeFinalizer(FINALIZER);
      incident = store.updateMetadata(released);
      settlePolicy();
    }
  }

  private boolean settlePolicy() {
    return new PolicyHold(store)
        .settle(incident.getMetadata().getNamespace(), incident.getSpec().target().policy());
  }

  /** Deletes an incident that was kept long enough. */
  public void forget() {
    store.delete(incident);
  }

  private LeakIncident copy() {
    var copy = new LeakIncident();
    copy.setMetadata(incident.getMetadata().edit().build());
    copy.setSpec(incident.getSpec());
    copy.setStatus(incident.getStatus());
    return copy;
  }
}

package dev.heapwarden.operator.respond.step;

import dev.heapwarden.operator.respond.guard.Guards;
import dev.heapwarden.operator.respond.guard.Precedent;
import dev.heapwarden.operator.respond.guard.Ruling;
import dev.heapwarden.operator.respond.journal.ActionKind;
import dev.heapwarden.operator.respond.journal.IncidentStore;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;

/**
 * Asks the guards, and lets the intent be written before the next one asks: two incidents that are
 * reconciled at once cannot both take the last action of a budget.
 */
public final class Admission {
  private final ReentrantLock oneAtATime = new ReentrantLock();
  private final IncidentStore store;

  public Admission(IncidentStore store) {
    this.store = store;
  }

  /** Why the very same change is not to be made again; empty where it may be. */
  Optional<String> precedent(Round round, ActionKind kind, String patch) {
    var incident = round.journal().incident();
    var all = store.inNamespace(incident.getMetadata().getNamespace());
    return Precedent.against(kind, patch, incident, all);
  }

  /** Before it is written down as done: else a deleted incident would take it along. */
  void spend(Round round, Instant at) {
    oneAtATime.lock();
    try {
      store.spend(round.policy(), at);
    } finally {
      oneAtATime.unlock();
    }
  }

  Progress ask(Round round, ActionKind kind, Function<Ruling, Progress> then) {
    oneAtATime.lock();
    try {
      var incident = round.journal().incident();
      var all = store.inNamespace(incident.getMetadata().getNamespace());
      return then.apply(Guards.rule(kind, incident, round.policy(), all, round.now()));
    } finally {
      oneAtATime.unlock();
    }
  }
}

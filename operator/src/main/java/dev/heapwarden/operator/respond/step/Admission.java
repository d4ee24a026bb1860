package dev.heapwarden.operator.respond.step;

import dev.heapwarden.crds.policy.MemoryPolicyStatus.SpentAction;
import dev.heapwarden.operator.respond.guard.Guards;
import dev.heapwarden.operator.respond.guard.Installation;
import dev.heapwarden.operator.respond.guard.Precedent;
import dev.heapwarden.operator.respond.guard.Ruling;
import dev.heapwarden.operator.respond.journal.ActionKind;
import dev.heapwarden.operator.respond.journal.IncidentStore;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;

/**
 * Asks the guards, and lets the intent be written before the next one asks: two incidents that are
 * reconciled at once cannot both take the last action of a budget.
 */
public final class Admission {
  /** For all policies, since they share the installation's quotas. */
  private final Lock oneAtATime = new ReentrantLock();

  private final IncidentStore store;
  private final Installation installation;

  public Admission(IncidentStore store, Installation installation) {
    this.store = store;
    this.installation = installation;
  }

  /** Why the very same change is not to be made again; empty where it may be. */
  Optional<String> precedent(Round round, ActionKind kind, String patch) {
    var incident = round.journal().incident();
    var all = store.inNamespace(incident.getMetadata().getNamespace());
    return Precedent.against(kind, patch, incident, all);
  }

  /** So that deleting the incident does not free the budget. */
  void spend(Round round, ActionKind kind, Instant at) {
    var incident = round.journal().incident().getMetadata().getUid();
    store.spend(round.policy(), new SpentAction(incident, kind.text(), at.toString()));
  }

  Progress ask(Round round, ActionKind kind, Function<Ruling, Progress> then) {
    if (!kind.changesWorkload()) {
      return then.apply(ruling(round, kind));
    }
    oneAtATime.lock();
    try {
      return then.apply(ruling(round, kind));
    } finally {
      oneAtATime.unlock();
    }
  }

  /** What is done everywhere is only read where everything else says go. */
  private Ruling ruling(Round round, ActionKind kind) {
    var installed = installation.ruling(kind);
    if (!(installed instanceof Ruling.Go)) {
      return installed;
    }
    var incident = round.journal().incident();
    var all = store.inNamespace(incident.getMetadata().getNamespace());
    var ruling = Guards.rule(kind, incident, round.policy(), all, round.now());
    return ruling instanceof Ruling.Go && kind.changesWorkload()
        ? installation.quotas().ruling(kind, incident, store.everywhere(), round.now())
        : ruling;
  }

  /** What holds even for an action whose intent is already written. */
  Ruling standing(Round round, ActionKind kind) {
    var installed = installation.ruling(kind);
    if (!(installed instanceof Ruling.Go)) {
      return installed;
    }
    var incident = round.journal().incident();
    var all = store.inNamespace(incident.getMetadata().getNamespace());
    return Guards.standing(kind, incident, round.policy(), all, round.now());
  }
}

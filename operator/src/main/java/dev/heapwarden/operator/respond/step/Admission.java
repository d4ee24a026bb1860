package dev.heapwarden.operator.respond.step;

import dev.heapwarden.crds.policy.MemoryPolicyStatus.SpentAction;
import dev.heapwarden.operator.respond.guard.Guards;
import dev.heapwarden.operator.respond.guard.Installation;
import dev.heapwarden.operator.respond.guard.Precedent;
import dev.heapwarden.operator.respond.guard.Ruling;
import dev.heapwarden.operator.respond.journal.ActionKind;
import dev.heapwarden.operator.respond.journal.IncidentStore;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;

/**
 * Asks the guards, and lets the intent be written before the next one asks: two incidents that are
 * reconciled at once cannot both take the last action of a budget.
 */
public final class Admission {
  /** By namespace and policy: a budget is a policy's. */
  private final Map<String, ReentrantLock> oneAtATime = new ConcurrentHashMap<>();

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
    var policy = round.policy().getMetadata();
    var lock =
        oneAtATime.computeIfAbsent(
            policy.getNamespace() + "/" + policy.getName(), _ -> new ReentrantLock());
    lock.lock();
    try {
      var incident = round.journal().incident();
      var all = store.inNamespace(incident.getMetadata().getNamespace());
      var installed = installation.ruling(kind);
      return then.apply(
          installed instanceof Ruling.Go
              ? Guards.rule(kind, incident, round.policy(), all, round.now())
              : installed);
    } finally {
      lock.unlock();
    }
  }

  /** What holds even for an action whose intent is already written. */
  Ruling standing(Round round, ActionKind kind) {
    var installed = installation.ruling(kind);
    return installed instanceof Ruling.Go
        ? Guards.standing(kind, round.journal().incident(), round.policy().getSpec(), round.now())
        : installed;
  }
}

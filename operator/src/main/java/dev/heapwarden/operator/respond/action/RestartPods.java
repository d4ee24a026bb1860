package dev.heapwarden.operator.respond.action;

import dev.heapwarden.crds.incident.LeakIncident;
import dev.heapwarden.crds.incident.Step;
import dev.heapwarden.crds.incident.Step.UndoCause;
import dev.heapwarden.operator.evaluate.Assessments;
import dev.heapwarden.operator.respond.journal.ActionKind;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Level 3: the pods that leak are made again by their owner, one after the other, by the Eviction
 * API: their budgets hold, and the pod template stays as it is. How far it is can be read off the
 * pods: one that is gone was evicted.
 */
public final class RestartPods implements Action {
  private final KubernetesClient client;
  private final Assessments assessments;

  public RestartPods(KubernetesClient client, Assessments assessments) {
    this.client = client;
    this.assessments = assessments;
  }

  @Override
  public ActionKind kind() {
    return ActionKind.RESTART;
  }

  @Override
  public boolean isAsked(Situation situation) {
    return situation.respond().intervene().restart() != null;
  }

  @Override
  public Plan plan(Situation situation) {
    return new RestartPlan(client, assessments).of(situation);
  }

  /** Every pod is evicted: by us, or by somebody who came first. */
  @Override
  public boolean isActed(Situation situation, Step step) {
    return Restarting.left(client, situation.incident(), step).isEmpty();
  }

  /** One pod at most. What stopped half-way was done, and is found by looking. */
  @Override
  public Acted act(Situation situation, Step step) {
    var left = Restarting.left(client, situation.incident(), step);
    if (left.isEmpty()) {
      return new Acted.Yes();
    }
    var next = left.getFirst();
    int all = Restarting.of(step).size();
    var fleet = Fleet.find(client, situation.incident());
    if (fleet.isEmpty()) {
      return stopped(left.size(), all, Fleet.whyNone(situation.incident()));
    }
    if (!isAsked(situation)) {
      return stopped(left.size(), all, "the policy changed after this was intended");
    }
    var rolling = new RollingRestart(client, fleet.get(), situation);
    var why = rolling.whyNotYet(next).or(() -> rolling.evict(next));
    if (why.isPresent()) {
      return rolling.isLate(step)
          ? stopped(left.size(), all, why.get())
          : new Acted.Again("%s; %s".formatted(gone(left.size(), all), why.get()));
    }
    int still = Restarting.left(client, situation.incident(), step).size();
    return still == 0 ? new Acted.Yes() : new Acted.Again(gone(still, all));
  }

  private static Acted stopped(int left, int all, String why) {
    return left == all ? new Acted.No(why) : new Acted.Yes();
  }

  private static String gone(int left, int all) {
    return "%d of %d pods are evicted".formatted(all - left, all);
  }

  @Override
  public Seen look(Situation situation, Step step) {
    int all = Restarting.of(step).size();
    var fleet = Fleet.find(client, situation.incident());
    if (fleet.isEmpty()) {
      return new Seen.Failed(Fleet.whyNone(situation.incident()));
    }
    var rolling = new RollingRestart(client, fleet.get(), situation);
    var left = Restarting.left(client, situation.incident(), step);
    if (!left.isEmpty()) {
      return new Seen.Failed(
          "stopped when %s: %s"
              .formatted(
                  gone(left.size(), all),
                  rolling.whyNotYet(left.getFirst()).orElse("the next one was not let go")));
    }
    var unready = rolling.unready();
    if (unready.isPresent()) {
      var why = "%s; %s".formatted(gone(0, all), unready.get());
      return rolling.isLate(step) ? new Seen.Failed(why) : new Seen.NotYet(why);
    }
    return new Seen.Done(
        "%d pods of %s were restarted one after the other and %d of %d are available; what had"
                .formatted(all, fleet.get().workload(), fleet.get().wanted(), fleet.get().wanted())
            + " grown is given back, what leaks is as it was");
  }

  /** Never asked for once it is done: it is over then. */
  @Override
  public Seen undo(LeakIncident incident, Step step, Instant now) {
    int all = Restarting.of(step).size();
    int gone = all - Restarting.left(client, incident, step).size();
    var text = "%d of %d pods were restarted".formatted(gone, all);
    return gone > 0 && step.undoCause() == UndoCause.FAILED
        ? new Seen.Failed(text + ", which nothing takes back")
        : new Seen.Done(text + ", no further one will be; there is nothing to take back");
  }

  /** Each replacement has its own; this is for one that its owner never makes. */
  @Override
  public Duration patience(Situation situation) {
    return RollingRestart.PATIENCE.multipliedBy(2);
  }

  @Override
  public Optional<Duration> timeToLive(Situation situation) {
    return Optional.empty();
  }
}

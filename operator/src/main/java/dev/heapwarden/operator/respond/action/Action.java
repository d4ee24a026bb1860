package dev.heapwarden.operator.respond.action;

import dev.heapwarden.crds.incident.LeakIncident;
import dev.heapwarden.crds.incident.Step;
import dev.heapwarden.operator.respond.journal.ActionKind;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** One thing that the response does to the cluster. Each method may be called again at any time. */
public interface Action {
  ActionKind kind();

  /** Whether the policy wants it at all: what it does not want is not held back by any guard. */
  default boolean isAsked(Situation situation) {
    return true;
  }

  /** What it would do, given that it is asked for. Changes nothing. */
  Plan plan(Situation situation);

  /** Whether what the step intends was done by us already, found by looking only. */
  boolean isActed(Situation situation, Step step);

  /**
   * Does what the step intends, or recognises that it was done; looks at the cluster first. Never
   * called again once it said {@link Acted.Yes} and that was written down.
   */
  Acted act(Situation situation, Step step);

  /** Whether what the step intends is there. */
  Seen look(Situation situation, Step step);

  /** Takes it back as far as it is still ours, and looks whether it is gone. */
  Seen undo(LeakIncident incident, Step step, Instant now);

  /** How long {@link #look} may say not yet. */
  Duration patience(Situation situation);

  /** When it is undone by itself; empty for never. */
  Optional<Duration> timeToLive(Situation situation);
}

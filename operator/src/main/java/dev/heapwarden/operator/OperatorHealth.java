package dev.heapwarden.operator;

import java.time.Duration;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * Whether a restart of the operator would help. An API server or agents that do not answer are no
 * reason for one: informers and rounds try for ever.
 *
 * @param watching false once an informer has given up
 * @param leads whether this is the operator that asks agents
 * @param sinceRound time since it last began to ask them
 */
record OperatorHealth(
    BooleanSupplier watching, BooleanSupplier leads, Supplier<Duration> sinceRound) {
  /** Many rounds, which none delays: each agent is asked on a thread of its own. */
  static final Duration STUCK = Duration.ofMinutes(5);

  /** Why it cannot work any more; empty while it can. */
  Optional<String> problem() {
    if (!watching.getAsBoolean()) {
      return Optional.of("an informer has stopped");
    }
    return leads.getAsBoolean() && sinceRound.get().compareTo(STUCK) > 0
        ? Optional.of("no agent was asked for " + STUCK.toMinutes() + " minutes")
        : Optional.empty();
  }
}

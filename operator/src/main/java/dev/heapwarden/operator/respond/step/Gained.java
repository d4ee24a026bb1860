package dev.heapwarden.operator.respond.step;

import dev.heapwarden.crds.incident.Finding;
import dev.heapwarden.crds.incident.Phase;
import dev.heapwarden.operator.evaluate.Assessment;
import dev.heapwarden.operator.respond.journal.Texts;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/**
 * What a restart gained where the leak goes on as before: a later limit, or nothing.
 *
 * @param before the leak when the response began
 * @param after the workload's containers now
 */
record Gained(Finding before, Collection<Assessment> after) {
  /** There is nothing to take back, whatever it gained. */
  Progress.End end(String growth, Instant now) {
    var then = limitBefore();
    var later = limitAfter();
    return then.isPresent() && later.isPresent() && later.get().isAfter(then.get())
        ? new Progress.End(
            Phase.MITIGATED,
            "%s; it leaks as fast as before, and the restarted pods began anew: the first reaches its limit in %s, without the restart %s; the code has to change"
                .formatted(
                    growth,
                    Texts.duration(Duration.between(now, later.get())),
                    without(Duration.between(now, then.get()))))
        : new Progress.End(
            Phase.NEEDS_HUMAN,
            "%s; the restart gave back what had grown, it leaks as fast as before, and no later limit is seen; the code has to change"
                .formatted(growth));
  }

  private static String without(Duration left) {
    return left.isPositive()
        ? "it would be " + Texts.duration(left)
        : "it would have been " + Texts.duration(left.negated()) + " ago";
  }

  private Optional<Instant> limitBefore() {
    return Optional.ofNullable(before.secondsToLimit())
        .map(Instant.parse(before.at())::plusSeconds);
  }

  /** Of all that serve the first, restarted or not. */
  private Optional<Instant> limitAfter() {
    return after.stream()
        .filter(assessment -> !assessment.quarantined())
        .flatMap(
            assessment ->
                Optional.ofNullable(assessment.verdict().evidence().timeToLimit())
                    .map(assessment.at()::plus)
                    .stream())
        .min(Comparator.naturalOrder());
  }
}

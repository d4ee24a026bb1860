package dev.heapwarden.operator.respond.step;

import dev.heapwarden.crds.incident.LeakIncidentStatus;
import dev.heapwarden.crds.incident.Phase;
import dev.heapwarden.crds.incident.Step;
import dev.heapwarden.operator.respond.journal.Steps;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What became of all that was to be undone.
 *
 * @param undone the actions that were
 * @param left the actions that could not be, each with its reason
 * @param over the actions that were over when they were done
 */
public record Undone(List<String> undone, List<String> left, List<String> over) {
  /** Begins the outcome of an incident of which something is left although undo was asked for. */
  public static final String NOT_ALL = "not everything could be undone";

  private static final String NOTHING_LEFT = " was done and leaves nothing to take back";

  public static Undone of(LeakIncidentStatus status) {
    return new Undone(
        Steps.all(status)
            .filter(step -> step.state() == Step.State.UNDONE)
            .map(Step::action)
            .toList(),
        Steps.all(status).flatMap(step -> left(step).stream()).toList(),
        Steps.all(status)
            .filter(step -> step.state() == Step.State.DONE)
            .filter(step -> Steps.counts(step) && !Steps.hasEffect(step))
            .map(Step::action)
            .toList());
  }

  private static java.util.Optional<String> left(Step step) {
    return Steps.undoFailure(step)
        .map(reason -> "%s could not be undone: %s".formatted(step.action(), reason));
  }

  public boolean nothingWasDone() {
    return undone.isEmpty() && left.isEmpty();
  }

  /** Rolled back only where nothing is left. */
  public Phase phase() {
    return left.isEmpty() ? Phase.ROLLED_BACK : Phase.NEEDS_HUMAN;
  }

  public String text() {
    if (nothingWasDone() && over.isEmpty()) {
      return "nothing had been changed";
    }
    return Stream.of(left.stream(), line(undone, " undone"), line(over, NOTHING_LEFT))
        .flatMap(lines -> lines)
        .collect(Collectors.joining("; "));
  }

  private static Stream<String> line(List<String> actions, String what) {
    return actions.isEmpty() ? Stream.of() : Stream.of(String.join(", ", actions) + what);
  }
}

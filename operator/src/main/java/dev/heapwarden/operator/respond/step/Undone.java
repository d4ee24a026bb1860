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
 */
public record Undone(List<String> undone, List<String> left) {
  /** Begins the outcome of an incident of which something is left although undo was asked for. */
  public static final String NOT_ALL = "not everything could be undone";

  public static Undone of(LeakIncidentStatus status) {
    return new Undone(
        Steps.all(status)
            .filter(step -> step.state() == Step.State.UNDONE)
            .map(Step::action)
            .toList(),
        Steps.all(status).flatMap(step -> left(step).stream()).toList());
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
    if (nothingWasDone()) {
      return "nothing had been changed";
    }
    var done =
        undone.isEmpty() ? Stream.<String>of() : Stream.of(String.join(", ", undone) + " undone");
    return Stream.concat(left.stream(), done).collect(Collectors.joining("; "));
  }
}

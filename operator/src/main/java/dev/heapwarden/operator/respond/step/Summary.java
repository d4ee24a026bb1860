package dev.heapwarden.operator.respond.step;

import static java.util.stream.Collectors.joining;

import dev.heapwarden.crds.incident.Step;
import dev.heapwarden.crds.incident.Step.State;
import dev.heapwarden.operator.respond.journal.ActionKind;
import dev.heapwarden.operator.respond.journal.Steps;

/** The outcome of a response that changed nothing about how the workload leaks. */
final class Summary {
  private Summary() {}

  static String withoutIntervention(Round round) {
    boolean isolated =
        Steps.newest(round.status(), ActionKind.ISOLATE)
            .filter(step -> step.state() == State.DONE)
            .isPresent();
    var done =
        isolated
            ? "evidence is taken and the leaking pod is isolated and replaced; its successor leaks"
                + " from zero"
            : "evidence is taken, the workload is as it was and still leaks";
    int maxLevel = round.respond().maxLevel();
    var why =
        maxLevel < 3
            ? "maxLevel %d reached".formatted(maxLevel)
            : Steps.all(round.status()).anyMatch(Intervene::isIntervention)
                ? "nothing could be changed at level 3"
                : "the policy asks for no change at level 3";
    var lines = declined(round);
    return why + ": " + done + (lines.isEmpty() ? "" : ". " + lines);
  }

  private static String declined(Round round) {
    return Steps.all(round.status())
        .filter(Summary::declined)
        .map(Summary::line)
        .collect(joining("; "));
  }

  private static boolean declined(Step step) {
    return switch (step.state()) {
      case REFUSED, SUGGESTED, FAILED -> true;
      case PLANNED, INTENDED, DONE, UNDOING, UNDONE -> false;
    };
  }

  private static String line(Step step) {
    return "%s %s: %s"
        .formatted(
            step.action(),
            dev.heapwarden.operator.respond.journal.Texts.enumName(step.state()),
            step.message());
  }
}

package dev.heapwarden.e2e.respond;

import dev.heapwarden.crds.incident.LeakIncidentStatus;
import dev.heapwarden.crds.incident.Phase;
import dev.heapwarden.crds.incident.Step;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;

/**
 * One leak through all levels and back again, while its operator is killed, its API server fails
 * and others write to the same objects.
 */
record ChaoticLeak(
    Course course, Shop shop, FaultyApiServer faulty, Killings killings, Audit audit) {
  private static final Duration WHATEVER_HAPPENS = Duration.ofMinutes(20);
  private static final Duration LOOK_AGAIN = Duration.ofMillis(100);

  /** Longer than anything that is done lasts by itself. */
  private static final Duration TIME_TO_LIVE = Duration.ofHours(25);

  Tally unfold() throws InterruptedException, IOException {
    if (course.isAutoscaled()) {
      shop.autoscale();
    }
    try (var effects = new Effects(shop);
        var budget = new Budget(shop);
        var leak = RecordedLeak.of(shop.client(), shop, course.policy());
        killings) {
      boolean verified = until(leak, () -> leak.status().phase() == Phase.VERIFYING);
      boolean whole = verified && isWhole(leak.status());
      var answer = audited();
      int repeated =
          beyond(effects.replicaSets(), 1 + course.rollouts())
              + beyond(effects.isolated().size(), 1)
              + repeated(answer, course.effects());
      end(leak);
      boolean undone =
          until(leak, () -> leak.status().phase() == Phase.ROLLED_BACK && leak.isReleased());
      var all = audited();
      var undoing = all.subList(answer.size(), all.size());
      boolean lost =
          !(whole
              && undone
              && isWhole(answer, course.effects())
              && isWhole(undoing, course.undoEffects()));
      var tally =
          new Tally(
              lost ? 1 : 0,
              repeated + repeated(undoing, course.undoEffects()),
              orphans(effects),
              budget.below());
      if (!tally.equals(Tally.NOTHING)) {
        System.err.printf(
            "%s: %s: verified %s, whole %s, undone %s; steps %s; answered by %s; undone by %s%n",
            shop.namespace(),
            course.name(),
            verified,
            whole,
            undone,
            leak.status(),
            answer,
            undoing);
      }
      return tally;
    }
  }

  private void end(RecordedLeak leak) {
    switch (course.end()) {
      case ASKED_FOR -> leak.askForUndo();
      case EXPIRED -> killings.pass(TIME_TO_LIVE);
    }
  }

  private List<Audit.Effect> audited() throws IOException {
    return audit.effects(shop.namespace(), FaultyApiServer.CLIENT);
  }

  private static int repeated(List<Audit.Effect> effects, Map<String, Integer> wanted) {
    var told = Audit.counted(effects.stream().filter(Audit.Effect::told).toList());
    return told.entrySet().stream()
        .mapToInt(found -> beyond(found.getValue(), wanted.getOrDefault(found.getKey(), 0)))
        .sum();
  }

  private static boolean isWhole(List<Audit.Effect> effects, Map<String, Integer> wanted) {
    var counted = Audit.counted(effects);
    return wanted.entrySet().stream()
        .allMatch(
            expected ->
                counted.getOrDefault(expected.getKey(), 0)
                    >= Course.least(expected.getKey(), expected.getValue()));
  }

  private static int orphans(Effects effects) {
    return Math.toIntExact(effects.quarantined())
        + effects.networkPolicies()
        + effects.ours().size()
        + effects.resized()
        + (effects.isRestored() ? 0 : 1);
  }

  private static int beyond(int found, int expected) {
    return Math.max(0, found - expected);
  }

  private boolean isWhole(LeakIncidentStatus status) {
    return status.steps().stream()
        .filter(step -> step.state() == Step.State.DONE)
        .map(Step::action)
        .toList()
        .equals(course.steps());
  }

  /** Whether it came so far. */
  private boolean until(RecordedLeak leak, BooleanSupplier reached) throws InterruptedException {
    for (var deadline = Instant.now().plus(WHATEVER_HAPPENS); Instant.now().isBefore(deadline); ) {
      if (reached.getAsBoolean()) {
        return true;
      }
      var phase = leak.status().phase();
      if (phase.terminal() && phase != Phase.ROLLED_BACK) {
        return false;
      }
      killings.tend(faulty.address(), shop.namespace());
      Thread.sleep(LOOK_AGAIN);
    }
    return false;
  }
}

package dev.heapwarden.e2e.respond;

import dev.heapwarden.crds.incident.LeakIncidentStatus;
import dev.heapwarden.crds.incident.Phase;
import dev.heapwarden.crds.incident.Step;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * One leak through all levels and back again, while its operator is killed and its API server
 * fails.
 */
record ChaoticLeak(Shop shop, FaultyApiServer faulty, Killings killings, Audit audit) {
  private static final Duration WHATEVER_HAPPENS = Duration.ofMinutes(20);
  private static final Duration LOOK_AGAIN = Duration.ofMillis(100);

  private static final List<String> DONE =
      List.of("Diagnose", "Isolate", "PatchEnvironment", "AddReplicas");

  /** One patch and one scaling, and their undo. */
  private static final int CHANGES = 2;

  /** By the audit log: how often each kind of object was changed. */
  private static final Map<String, Integer> ANSWERED =
      Map.of("deployments", CHANGES, "pods", 1, "networkpolicies", 1);

  /** And that of the replicas gives up the field. */
  private static final Map<String, Integer> UNDONE =
      Map.of("deployments", CHANGES + 1, "pods", 1, "networkpolicies", 1);

  Tally unfold() throws InterruptedException, IOException {
    try (var effects = new Effects(shop);
        var budget = new Budget(shop);
        var leak = RecordedLeak.of(shop.client(), shop, Leak.denyingNetwork(3));
        killings) {
      boolean verified = until(leak, status -> status.phase() == Phase.VERIFYING);
      boolean whole = verified && isWhole(leak.status());
      var audited = audited();
      int repeated =
          beyond(effects.changes(), CHANGES)
              + beyond(effects.replicaSets(), 2)
              + beyond(effects.isolated().size(), 1)
              + repeated(audited, ANSWERED);
      int before = effects.changes();
      leak.askForUndo();
      boolean undone = until(leak, status -> status.phase() == Phase.ROLLED_BACK);
      var all = audited();
      var undoing = all.subList(audited.size(), all.size());
      boolean lost = !(whole && undone && isWhole(audited, ANSWERED) && isWhole(undoing, UNDONE));
      if (lost) {
        System.err.printf(
            "%s: verified %s, whole %s, undone %s; steps %s; answered by %s; undone by %s%n",
            shop.namespace(), verified, whole, undone, leak.status().steps(), audited, undoing);
      }
      return new Tally(
          lost ? 1 : 0,
          repeated + beyond(effects.changes() - before, CHANGES) + repeated(undoing, UNDONE),
          orphans(effects),
          budget.below());
    }
  }

  private List<Audit.Effect> audited() throws IOException {
    return audit.effects(shop.namespace(), FaultyApiServer.CLIENT);
  }

  private static int repeated(List<Audit.Effect> effects, Map<String, Integer> wanted) {
    var told = effects.stream().filter(Audit.Effect::told).toList();
    return wanted.entrySet().stream()
        .mapToInt(expected -> beyond(count(told, expected.getKey()), expected.getValue()))
        .sum();
  }

  private static boolean isWhole(List<Audit.Effect> effects, Map<String, Integer> wanted) {
    return wanted.entrySet().stream()
        .allMatch(expected -> count(effects, expected.getKey()) >= expected.getValue());
  }

  private static int count(List<Audit.Effect> effects, String resource) {
    return Math.toIntExact(
        effects.stream().filter(effect -> effect.resource().equals(resource)).count());
  }

  private static int orphans(Effects effects) {
    return Math.toIntExact(effects.quarantined())
        + effects.networkPolicies()
        + effects.ours().size()
        + (effects.isRestored() ? 0 : 1);
  }

  private static int beyond(int found, int expected) {
    return Math.max(0, found - expected);
  }

  private static boolean isWhole(LeakIncidentStatus status) {
    return status.steps().stream()
        .filter(step -> step.state() == Step.State.DONE)
        .map(Step::action)
        .toList()
        .equals(DONE);
  }

  /** Whether it came so far. */
  private boolean until(RecordedLeak leak, Predicate<LeakIncidentStatus> reached)
      throws InterruptedException {
    for (var deadline = Instant.now().plus(WHATEVER_HAPPENS); Instant.now().isBefore(deadline); ) {
      var status = leak.status();
      if (reached.test(status) || status.phase().terminal()) {
        return reached.test(status);
      }
      killings.tend(faulty.address(), shop.namespace());
      Thread.sleep(LOOK_AGAIN);
    }
    return false;
  }
}

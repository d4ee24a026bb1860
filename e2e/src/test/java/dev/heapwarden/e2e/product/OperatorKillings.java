package dev.heapwarden.e2e.product;

import dev.heapwarden.crds.incident.LeakIncident;
import dev.heapwarden.crds.incident.Step;
import dev.heapwarden.e2e.scenario.Installation;
import dev.heapwarden.e2e.scenario.Shop;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Kills all replicas of the operator when an incident's status shows that a change of the workload
 * is intended, once for each kind of change. At the last kind two lead: the leader is paused until
 * another one leads, and then goes on with what it was about to do.
 */
final class OperatorKillings implements AutoCloseable {
  private static final long LOOK_AGAIN_MILLIS = 100;

  private static final String LAST = "AddReplicas";

  private static final Set<String> CHANGES = Set.of("Isolate", "PatchEnvironment", LAST);

  private final Shop shop;
  private final Set<String> at = ConcurrentHashMap.newKeySet();
  private final ScheduledExecutorService looks = Executors.newSingleThreadScheduledExecutor();
  private volatile boolean twoLed;

  OperatorKillings(Shop shop) {
    this.shop = shop;
    var _ = looks.scheduleWithFixedDelay(this::look, 0, LOOK_AGAIN_MILLIS, TimeUnit.MILLISECONDS);
  }

  /** The actions at whose intent it was killed or paused. */
  Set<String> at() {
    return Set.copyOf(at);
  }

  /** Whether there were two leaders. */
  boolean twoLed() {
    return twoLed;
  }

  private void look() {
    shop.incident().flatMap(this::intended).map(Step::action).ifPresent(this::strike);
  }

  private void strike(String action) {
    at.add(action);
    if (!action.equals(LAST)) {
      kill();
      return;
    }
    try {
      twoLed = new PausedLeader(shop.client()).untilAnotherLeads();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Optional<Step> intended(LeakIncident incident) {
    return incident.getStatus() == null
        ? Optional.empty()
        : incident.getStatus().steps().stream()
            .filter(step -> step.state() == Step.State.INTENDED && CHANGES.contains(step.action()))
            .filter(step -> !at.contains(step.action()))
            .findFirst();
  }

  private void kill() {
    shop.client()
        .pods()
        .inNamespace(Installation.NAMESPACE)
        .withLabel("app.kubernetes.io/component", "operator")
        .withGracePeriod(0)
        .delete();
  }

  @Override
  public void close() {
    looks.shutdownNow();
  }
}

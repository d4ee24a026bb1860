package dev.heapwarden.e2e.product;

import dev.heapwarden.crds.incident.LeakIncident;
import dev.heapwarden.crds.incident.Step;
import dev.heapwarden.e2e.scenario.Installation;
import dev.heapwarden.e2e.scenario.Shop;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Kills all replicas of the operator when an incident's status shows that a change of the workload
 * is intended, once for each kind of change, until the incident ended.
 */
final class OperatorKillings implements AutoCloseable {
  private static final Duration LOOK_AGAIN = Duration.ofMillis(100);

  private final Shop shop;
  private final Set<String> at = ConcurrentHashMap.newKeySet();
  private final Thread thread;

  OperatorKillings(Shop shop) {
    this.shop = shop;
    this.thread = Thread.ofVirtual().start(this::watch);
  }

  /** The actions at whose intent it was killed. */
  Set<String> at() {
    return Set.copyOf(at);
  }

  private void watch() {
    try {
      while (!shop.incident().map(Incidents::ended).orElse(false)) {
        shop.incident()
            .flatMap(OperatorKillings::intended)
            .map(Step::action)
            .filter(at::add)
            .ifPresent(_ -> kill());
        Thread.sleep(LOOK_AGAIN);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static Optional<Step> intended(LeakIncident incident) {
    return incident.getStatus() == null
        ? Optional.empty()
        : incident.getStatus().steps().stream()
            .filter(step -> step.state() == Step.State.INTENDED && step.level() > 1)
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
    thread.interrupt();
  }
}

package dev.heapwarden.e2e.demo;

import dev.heapwarden.crds.incident.LeakIncident;
import dev.heapwarden.crds.policy.MemoryPolicy;
import dev.heapwarden.e2e.scenario.Shop;
import dev.heapwarden.operator.evaluate.Names;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Follows the incidents of a namespace and prints each new line of their timelines as it appears.
 */
final class Unfolding {
  private static final Duration HEARTBEAT = Duration.ofSeconds(15);

  private final Shop shop;
  private final Console console;
  private final Map<String, Set<String>> told = new HashMap<>();
  private Instant lastTold = Instant.EPOCH;

  Unfolding(Shop shop, Console console) {
    this.shop = shop;
    this.console = console;
  }

  /** Prints what is new. */
  void look() {
    var incidents =
        shop.client().resources(LeakIncident.class).inNamespace(shop.namespace()).list().getItems();
    for (var incident : incidents) {
      if (incident.getStatus() == null) {
        continue;
      }
      var name = incident.getMetadata().getName();
      var lines = told.computeIfAbsent(name, _ -> new HashSet<>());
      for (var entry : incident.getStatus().timeline()) {
        if (lines.add(entry.at() + entry.reason() + entry.message())) {
          console.say(
              "%-16s %-20s %s".formatted(workload(incident), entry.reason(), entry.message()));
          lastTold = Instant.now();
        }
      }
    }
    if (Duration.between(lastTold, Instant.now()).compareTo(HEARTBEAT) > 0) {
      lastTold = Instant.now();
      heartbeat(incidents);
    }
  }

  private void heartbeat(List<LeakIncident> incidents) {
    for (var incident : incidents) {
      var status = incident.getStatus();
      if (status != null && status.waitingFor() != null) {
        console.say(
            "%-16s ... %s: %s"
                .formatted(workload(incident), Names.camel(status.phase()), status.waitingFor()));
      }
    }
    if (incidents.isEmpty()) {
      for (var policy :
          shop.client()
              .resources(MemoryPolicy.class)
              .inNamespace(shop.namespace())
              .list()
              .getItems()) {
        var status = policy.getStatus();
        console.say(
            status == null
                ? "policy %s: not looked at yet".formatted(policy.getMetadata().getName())
                : "policy %s: %d of %d containers attached; %s"
                    .formatted(
                        policy.getMetadata().getName(),
                        status.attached(),
                        status.containers(),
                        status.watched().stream()
                            .findFirst()
                            .map(container -> container.verdict() + ": " + container.message())
                            .orElse("nothing watched yet")));
      }
    }
  }

  private static String workload(LeakIncident incident) {
    return incident.getSpec().target().workload();
  }
}

package dev.heapwarden.e2e.demo;

import dev.heapwarden.crds.Api;
import dev.heapwarden.crds.incident.LeakIncident;
import dev.heapwarden.crds.incident.Phase;
import dev.heapwarden.crds.incident.Step;
import dev.heapwarden.crds.snapshot.MemorySnapshot;
import dev.heapwarden.crds.snapshot.MemorySnapshotStatus;
import dev.heapwarden.e2e.scenario.Shop;
import dev.heapwarden.operator.evaluate.Names;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.readiness.Readiness;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What truly happened, seen in the cluster and not in the incident's own words.
 *
 * @param missing what should have happened and was not seen; empty means that the demo succeeded
 */
record Outcome(String lastLine, List<String> missing) {
  static Outcome seen(Shop shop, LeakIncident incident, Set<String> healthyPodsBefore) {
    int healthyIncidents = shop.incidents(Shop.HEALTHY).size();
    var missing = new ArrayList<String>();
    var status = incident.getStatus();
    if (status.phase() != Phase.RESOLVED && status.phase() != Phase.MITIGATED) {
      missing.add("the incident ended as " + Names.camel(status.phase()));
    }
    if (!status.site().equals(Shop.SITE)) {
      missing.add("the site is " + status.site() + ", not " + Shop.SITE);
    }
    checkSnapshot(shop, missing);
    checkIsolation(shop, incident.getMetadata().getName(), missing);
    checkIntervention(shop, incident, missing);
    if (healthyIncidents > 0) {
      missing.add("the healthy twin has " + healthyIncidents + " incidents");
    }
    if (!shop.podUids(Shop.HEALTHY).equals(healthyPodsBefore)) {
      missing.add("pods of the healthy twin were replaced");
    }
    var verdict =
        status.finding() == null
            ? "none"
            : status.baseline() == null ? status.finding().verdict() : status.baseline().verdict();
    return new Outcome(
        "demo: go=%s/%d/%s site=%s healthy-incidents=%d"
            .formatted(
                verdict,
                status.level(),
                Names.camel(status.phase()),
                status.site(),
                healthyIncidents),
        List.copyOf(missing));
  }

  private static void checkSnapshot(Shop shop, List<String> missing) {
    boolean taken =
        shop
            .client()
            .resources(MemorySnapshot.class)
            .inNamespace(shop.namespace())
            .list()
            .getItems()
            .stream()
            .map(MemorySnapshot::getStatus)
            .anyMatch(
                snapshot ->
                    snapshot != null
                        && snapshot.phase() == MemorySnapshotStatus.Phase.COMPLETED
                        && snapshot.maps().stream()
                            .anyMatch(
                                map ->
                                    map.sites().stream()
                                        .anyMatch(site -> site.function().equals(Shop.SITE))));
    if (!taken) {
      missing.add("no completed snapshot names " + Shop.SITE);
    }
  }

  private static void checkIsolation(Shop shop, String incident, List<String> missing) {
    var isolated =
        shop
            .client()
            .pods()
            .inNamespace(shop.namespace())
            .withLabel(Api.QUARANTINE_LABEL, incident)
            .list()
            .getItems()
            .stream()
            .filter(Readiness::isPodReady)
            .map(Pod::getStatus)
            .map(pod -> pod.getPodIP())
            .collect(Collectors.toSet());
    if (isolated.isEmpty()) {
      missing.add("no isolated pod is alive");
    }
    if (shop.served().stream().anyMatch(isolated::contains)) {
      missing.add("an isolated pod is still behind its Service");
    }
  }

  private static void checkIntervention(Shop shop, LeakIncident incident, List<String> missing) {
    var deployment =
        shop.client()
            .apps()
            .deployments()
            .inNamespace(shop.namespace())
            .withName(Shop.LEAKING)
            .require();
    boolean patched =
        deployment.getSpec().getTemplate().getSpec().getContainers().getFirst().getEnv().stream()
            .anyMatch(variable -> variable.getName().equals("GOMEMLIMIT"));
    boolean owned =
        deployment.getMetadata().getManagedFields().stream()
            .anyMatch(
                entry ->
                    entry
                        .getManager()
                        .equals(Api.FIELD_MANAGER_PREFIX + incident.getMetadata().getName()));
    if (!patched || !owned) {
      missing.add("GOMEMLIMIT is not on the Deployment under the incident's own field manager");
    }
    boolean scaled =
        incident.getStatus().steps().stream()
            .anyMatch(
                step -> step.action().equals("AddReplicas") && step.state() == Step.State.DONE);
    if (!scaled || deployment.getStatus().getReadyReplicas() != 3) {
      missing.add(
          "there are " + deployment.getStatus().getReadyReplicas() + " ready replicas, not 3");
    }
  }
}

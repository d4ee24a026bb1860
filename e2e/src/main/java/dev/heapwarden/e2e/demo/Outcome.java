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
import java.util.stream.Stream;

/**
 * What truly happened, seen in the cluster and not in the incident's own words.
 *
 * @param missing what should have happened and was not seen; empty means that the demo succeeded
 */
record Outcome(String lastLine, List<String> missing) {
  /**
   * Looks at both pairs.
   *
   * @param shops the one of Go, then the one of Java
   * @param healthyBefore uids of the healthy pods when the policies were applied, for each shop
   */
  static Outcome seen(List<Shop> shops, List<Set<String>> healthyBefore) {
    var missing = new ArrayList<String>();
    var lines = new ArrayList<String>();
    int healthyIncidents = 0;
    for (int i = 0; i < shops.size(); i++) {
      var shop = shops.get(i);
      lines.add(look(shop, missing));
      var healthy = shop.twins().healthy();
      healthyIncidents += shop.incidents(healthy).size();
      if (!shop.podUids(healthy).equals(healthyBefore.get(i))) {
        missing.add("pods of " + healthy + " were replaced");
      }
    }
    if (healthyIncidents > 0) {
      missing.add("the healthy twins have " + healthyIncidents + " incidents");
    }
    return new Outcome(
        ("demo: go=" + lines.getFirst().formatted("site"))
            + (" jvm=" + lines.getLast().formatted("class"))
            + " healthy-incidents="
            + healthyIncidents,
        List.copyOf(missing));
  }

  /** The same, where more was not seen. */
  Outcome without(List<String> others) {
    return new Outcome(lastLine, Stream.concat(missing.stream(), others.stream()).toList());
  }

  /** What became of one leak; the name of the site's kind is left to fill in. */
  private static String look(Shop shop, List<String> missing) {
    var leaking = shop.twins().leaking();
    var found = shop.incident().filter(incident -> incident.getStatus() != null);
    if (found.isEmpty()) {
      missing.add("no incident of " + leaking);
      return "none/0/none %s=-";
    }
    var incident = found.get();
    var status = incident.getStatus();
    if (status.phase() != Phase.RESOLVED && status.phase() != Phase.MITIGATED) {
      missing.add("the incident of " + leaking + " ended as " + Names.camel(status.phase()));
    }
    if (!status.site().equals(shop.twins().site())) {
      missing.add("the site is " + status.site() + ", not " + shop.twins().site());
    }
    if (status.baseline() == null || !status.baseline().verdict().equals("Confirmed")) {
      missing.add("the leak of " + leaking + " was not confirmed");
    }
    if (status.level() != 3) {
      missing.add("the response to " + leaking + " ended at level " + status.level());
    }
    checkSnapshot(shop, missing);
    checkIsolation(shop, incident.getMetadata().getName(), missing);
    checkIntervention(shop, incident, missing);
    var finding = status.baseline() == null ? status.finding() : status.baseline();
    return "%s/%d/%s %%s=%s"
        .formatted(
            finding == null ? "none" : finding.verdict(),
            status.level(),
            Names.camel(status.phase()),
            status.site());
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
                        && shop.twins().site().equals(snapshot.site()));
    if (!taken) {
      missing.add("no completed snapshot names " + shop.twins().site());
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
            .withName(shop.twins().leaking())
            .require();
    boolean patched =
        deployment.getSpec().getTemplate().getSpec().getContainers().getFirst().getEnv().stream()
            .anyMatch(variable -> variable.getName().equals(shop.twins().variable()));
    boolean owned =
        deployment.getMetadata().getManagedFields().stream()
            .anyMatch(
                entry ->
                    entry
                        .getManager()
                        .equals(Api.FIELD_MANAGER_PREFIX + incident.getMetadata().getName()));
    if (!patched || !owned) {
      missing.add(
          shop.twins().variable()
              + " is not on the Deployment under the incident's own field manager");
    }
    boolean scaled =
        incident.getStatus().steps().stream()
            .anyMatch(
                step -> step.action().equals("AddReplicas") && step.state() == Step.State.DONE);
    if (!scaled || deployment.getStatus().getReadyReplicas() != 3) {
      missing.add(
          "%s has %d ready replicas, not 3"
              .formatted(shop.twins().leaking(), deployment.getStatus().getReadyReplicas()));
    }
  }
}

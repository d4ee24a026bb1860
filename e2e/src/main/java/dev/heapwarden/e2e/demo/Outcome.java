package dev.heapwarden.e2e.demo;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.heapwarden.crds.Api;
import dev.heapwarden.crds.incident.LeakIncident;
import dev.heapwarden.crds.incident.Phase;
import dev.heapwarden.crds.incident.Step;
import dev.heapwarden.crds.snapshot.MemorySnapshot;
import dev.heapwarden.crds.snapshot.MemorySnapshotStatus;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
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
  static final String NAMESPACE = "shop";
  private static final String LEAKING = "checkout";
  private static final String HEALTHY = "catalog";
  private static final String SITE = "main.handle";

  static Outcome seen(KubernetesClient client, LeakIncident incident, int healthyIncidents, Set<String> healthyPodsBefore) {
    var missing = new ArrayList<String>();
    var status = incident.getStatus();
    if (status.phase() != Phase.RESOLVED && status.phase() != Phase.MITIGATED) {
      missing.add("the incident ended as " + name(status.phase()));
    }
    if (!status.site().equals(SITE)) {
      missing.add("the site is " + status.site() + ", not " + SITE);
    }
    checkSnapshot(client, missing);
    checkIsolation(client, incident.getMetadata().getName(), missing);
    checkIntervention(client, incident, missing);
    if (healthyIncidents > 0) {
      missing.add("the healthy twin has " + healthyIncidents + " incidents");
    }
    if (!uids(client, HEALTHY).equals(healthyPodsBefore)) {
      missing.add("pods of the healthy twin were replaced");
    }
    var verdict = status.finding() == null ? "none" : status.baseline() == null ? status.finding().verdict() : status.baseline().verdict();
    return new Outcome(
        "demo: go=%s/%d/%s site=%s healthy-incidents=%d"
            .formatted(verdict, status.level(), name(status.phase()), status.site(), healthyIncidents),
        List.copyOf(missing));
  }

  static Set<String> uids(KubernetesClient client, String app) {
    return client.pods().inNamespace(NAMESPACE).withLabel("app", app).list().getItems().stream()
        .map(pod -> pod.getMetadata().getUid())
        .collect(Collectors.toSet());
  }

  private static void checkSnapshot(KubernetesClient client, List<String> missing) {
    boolean taken =
        client.resources(MemorySnapshot.class).inNamespace(NAMESPACE).list().getItems().stream()
            .map(MemorySnapshot::getStatus)
            .anyMatch(
                snapshot ->
                    snapshot != null
                        && snapshot.phase() == MemorySnapshotStatus.Phase.COMPLETED
                        && snapshot.maps().stream()
                            .anyMatch(map -> map.sites().stream().anyMatch(site -> site.function().equals(SITE))));
    if (!taken) {
      missing.add("no completed snapshot names " + SITE);
    }
  }

  private static void checkIsolation(KubernetesClient client, String incident, List<String> missing) {
    var isolated =
        client.pods().inNamespace(NAMESPACE).withLabel(Api.QUARANTINE_LABEL, incident).list().getItems().stream()
            .filter(Readiness::isPodReady)
            .map(Pod::getStatus)
            .map(pod -> pod.getPodIP())
            .collect(Collectors.toSet());
    if (isolated.isEmpty()) {
      missing.add("no isolated pod is alive");
    }
    boolean served =
        client
            .discovery()
            .v1()
            .endpointSlices()
            .inNamespace(NAMESPACE)
            .withLabel("kubernetes.io/service-name", LEAKING)
            .list()
            .getItems()
            .stream()
            .flatMap(slice -> slice.getEndpoints().stream())
            .flatMap(endpoint -> endpoint.getAddresses().stream())
            .anyMatch(isolated::contains);
    if (served) {
      missing.add("an isolated pod is still behind its Service");
    }
  }

  private static void checkIntervention(KubernetesClient client, LeakIncident incident, List<String> missing) {
    var deployment = client.apps().deployments().inNamespace(NAMESPACE).withName(LEAKING).require();
    boolean patched =
        deployment.getSpec().getTemplate().getSpec().getContainers().getFirst().getEnv().stream()
            .anyMatch(variable -> variable.getName().equals("GOMEMLIMIT"));
    boolean owned =
        deployment.getMetadata().getManagedFields().stream()
            .anyMatch(entry -> entry.getManager().equals(Api.FIELD_MANAGER_PREFIX + incident.getMetadata().getName()));
    if (!patched || !owned) {
      missing.add("GOMEMLIMIT is not on the Deployment under the incident's own field manager");
    }
    boolean scaled =
        incident.getStatus().steps().stream()
            .anyMatch(step -> step.action().equals("AddReplicas") && step.state() == Step.State.DONE);
    if (!scaled || deployment.getStatus().getReadyReplicas() != 3) {
      missing.add("there are " + deployment.getStatus().getReadyReplicas() + " ready replicas, not 3");
    }
  }

  /** As the API spells it. */
  private static String name(Phase phase) {
    try {
      return Phase.class.getField(phase.name()).getAnnotation(JsonProperty.class).value();
    } catch (NoSuchFieldException e) {
      throw new IllegalStateException(e);
    }
  }
}

package dev.heapwarden.e2e.demo;

import dev.heapwarden.crds.Api;
import dev.heapwarden.crds.incident.LeakIncident;
import dev.heapwarden.crds.incident.LeakIncidentStatus;
import dev.heapwarden.crds.incident.Phase;
import dev.heapwarden.e2e.scenario.Shop;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A person takes back all that was done about a leak: the service is to be as it was before. */
final class Undo {
  private static final Duration DEADLINE = Duration.ofMinutes(2);
  private static final String ASKED = "{\"spec\":{\"response\":{\"undo\":true}}}";

  private final Shop shop;
  private final State before;

  private record State(List<EnvVar> environment, int replicas) {}

  /**
   * Remembers how the service is.
   *
   * @param shop before anything is done about its leak
   */
  Undo(Shop shop) {
    this.shop = shop;
    this.before = state();
  }

  /**
   * Asks for it as a person does, and waits until it is seen in the cluster.
   *
   * @param unfolding prints meanwhile what the incident says
   * @return what is not as it was before; empty means that all is
   */
  List<String> ask(Console console, Unfolding unfolding) throws InterruptedException {
    var incident = shop.incident().map(found -> found.getMetadata().getName());
    if (incident.isEmpty()) {
      return List.of("there is nothing to undo");
    }
    console.say(
        "$ kubectl -n %s patch leakincident %s --type=merge -p '%s'"
            .formatted(shop.namespace(), incident.get(), ASKED));
    shop.client()
        .resources(LeakIncident.class)
        .inNamespace(shop.namespace())
        .withName(incident.get())
        .patch(PatchContext.of(PatchType.JSON_MERGE), ASKED);
    var end = Instant.now().plus(DEADLINE);
    while (!missing(incident.get()).isEmpty() && Instant.now().isBefore(end)) {
      unfolding.look();
      TimeUnit.SECONDS.sleep(1);
    }
    unfolding.look();
    var missing = missing(incident.get());
    if (missing.isEmpty()) {
      console.say(
          "deployment/%s has its environment and its replicas as before, and no pod is isolated"
              .formatted(shop.twins().leaking()));
    }
    return missing;
  }

  private List<String> missing(String incident) {
    var now = state();
    var missing = new ArrayList<String>();
    var leaking = shop.twins().leaking();
    if (!now.environment().equals(before.environment())) {
      missing.add("the environment of " + leaking + " after the undo");
    }
    if (now.replicas() != before.replicas()) {
      missing.add(
          "%d replicas of %s after the undo, not %d"
              .formatted(before.replicas(), leaking, now.replicas()));
    }
    if (shop.incident().map(LeakIncident::getStatus).filter(Undo::undone).isEmpty()) {
      missing.add("an incident of " + leaking + " that says it was undone");
    }
    if (!isolated(incident).isEmpty()) {
      missing.add("the return of the isolated pod of " + leaking);
    }
    return missing;
  }

  private static boolean undone(LeakIncidentStatus status) {
    return status.phase() == Phase.ROLLED_BACK;
  }

  private State state() {
    var deployment = deployment();
    return new State(
        deployment.getSpec().getTemplate().getSpec().getContainers().getFirst().getEnv(),
        deployment.getSpec().getReplicas());
  }

  private List<Pod> isolated(String incident) {
    return shop.client()
        .pods()
        .inNamespace(shop.namespace())
        .withLabel(Api.QUARANTINE_LABEL, incident)
        .list()
        .getItems();
  }

  private Deployment deployment() {
    return shop.client()
        .apps()
        .deployments()
        .inNamespace(shop.namespace())
        .withName(shop.twins().leaking())
        .require();
  }
}

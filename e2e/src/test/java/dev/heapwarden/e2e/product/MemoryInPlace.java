package dev.heapwarden.e2e.product;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heapwarden.crds.incident.LeakIncident;
import dev.heapwarden.crds.incident.Step;
import dev.heapwarden.crds.policy.MemoryPolicy;
import dev.heapwarden.e2e.scenario.Shop;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The memory limits of a leaking service's pods, and what people say about them.
 *
 * @param pods UIDs of those that were there from the start
 */
record MemoryInPlace(Shop shop, Set<String> pods) {
  /** Nothing else of level 3. */
  void letItBeRaised() {
    change(
        MemoryPolicy.class,
        shop.twins().leaking(),
        """
        {"spec": {"respond": {"mode": "Enforce", "intervene": {
          "go": null, "scale": null, "resize": {"memoryPercent": 125, "max": "1Gi"}}}}}
        """);
  }

  void undo() {
    change(
        LeakIncident.class,
        shop.incident().orElseThrow().getMetadata().getName(),
        "{\"spec\": {\"response\": {\"undo\": true}}}");
  }

  Optional<Step> step() {
    return shop.incident().flatMap(incident -> Incidents.step(incident, "ResizeMemory"));
  }

  /** In force, as the kubelet says; none of the containers was ever restarted for it. */
  List<Quantity> limits() {
    var containers =
        shop.client().pods().inNamespace(shop.namespace()).list().getItems().stream()
            .filter(pod -> pods.contains(pod.getMetadata().getUid()))
            .map(pod -> pod.getStatus().getContainerStatuses().getFirst())
            .toList();
    assertThat(containers).allMatch(container -> container.getRestartCount() == 0);
    return containers.stream()
        .map(container -> container.getResources().getLimits().get("memory"))
        .toList();
  }

  private <T extends HasMetadata> void change(Class<T> type, String name, String patch) {
    shop.client()
        .resources(type)
        .inNamespace(shop.namespace())
        .withName(name)
        .patch(PatchContext.of(PatchType.JSON_MERGE), patch);
  }
}

package dev.heapwarden.operator.respond.action;

import dev.heapwarden.crds.incident.LeakIncident;
import dev.heapwarden.operator.api.ApiServer;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.net.HttpURLConnection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * The pod of an isolation: looked at, relabelled, put back, deleted. Always this one, by its UID.
 */
final class IsolatedPod {
  private final KubernetesClient client;

  IsolatedPod(KubernetesClient client) {
    this.client = client;
  }

  Optional<Pod> find(LeakIncident incident, String name, String uid) {
    return Pods.find(client, incident.getMetadata().getNamespace(), name, uid);
  }

  void patch(Pod pod, List<Map<String, Object>> operations) {
    client
        .pods()
        .inNamespace(pod.getMetadata().getNamespace())
        .withName(pod.getMetadata().getName())
        .patch(PatchContext.of(PatchType.JSON), Serialization.asJson(operations));
  }

  /** The API server answers a failed {@code test} as unprocessable. */
  static boolean isRefusedTest(KubernetesClientException e) {
    return e.getCode() == ApiServer.UNPROCESSABLE || e.getCode() == HttpURLConnection.HTTP_CONFLICT;
  }

  /**
   * Whether it is not the tests: a pod in the very version that was read passes them, and what is
   * wrong stays wrong.
   */
  boolean isDenied(Pod read, KubernetesClientException e) {
    var now = client.resource(read).get();
    return e.getCode() == ApiServer.UNPROCESSABLE
        && now != null
        && now.getMetadata().getResourceVersion().equals(read.getMetadata().getResourceVersion());
  }

  boolean isEndpoint(Pod pod, String service) {
    return client
        .discovery()
        .v1()
        .endpointSlices()
        .inNamespace(pod.getMetadata().getNamespace())
        .withLabel("kubernetes.io/service-name", service)
        .list()
        .getItems()
        .stream()
        // A slice without endpoints has null, not an empty list.
        .flatMap(slice -> Stream.ofNullable(slice.getEndpoints()).flatMap(List::stream))
        .anyMatch(
            endpoint ->
                endpoint.getTargetRef() != null
                    && pod.getMetadata().getUid().equals(endpoint.getTargetRef().getUid()));
  }

  /** Whether its ReplicaSet has as many ready pods as it should without it. */
  Seen replaced(ReplicaSet set, Pod pod, List<String> services, boolean cutOff) {
    var ready = Pods.readyOf(client, set);
    int wanted = Rollout.replicas(set);
    if (ready.size() < wanted) {
      return new Seen.NotYet(
          "%d of %d pods of ReplicaSet %s are ready without the isolated one"
              .formatted(ready.size(), wanted, set.getMetadata().getName()));
    }
    return new Seen.Done(
        "pod %s is alive outside %s%s%s"
            .formatted(
                pod.getMetadata().getName(),
                services.isEmpty() ? "its ReplicaSet" : "Service " + String.join(", ", services),
                cutOff ? ", and talks to nobody" : "",
                ready.isEmpty()
                    ? ""
                    : "; %s replaces it, %d of %d ready"
                        .formatted(
                            ready.getFirst().getMetadata().getName(), ready.size(), wanted)));
  }

  Seen delete(Pod pod, String why) {
    try {
      client.resource(pod).lockResourceVersion().delete();
    } catch (KubernetesClientException e) {
      if (e.getCode() == HttpURLConnection.HTTP_CONFLICT) {
        return new Seen.NotYet("the pod changed while it was to be deleted");
      }
      throw e;
    }
    var left = client.resource(pod).get();
    boolean going =
        left == null
            || !left.getMetadata().getUid().equals(pod.getMetadata().getUid())
            || left.getMetadata().getDeletionTimestamp() != null;
    return going ? new Seen.Done(why) : new Seen.NotYet("the pod is not being deleted yet");
  }

  /**
   * Gives the pod its labels back; its ReplicaSet adopts it and deletes one pod too many. Where the
   * ReplicaSet is gone or scaled to nothing there is nobody to take it back, and it is deleted:
   * left alone it would serve for ever, owned by nobody.
   */
  Seen putBack(Pod pod, Map<String, String> originals, String replicaSet) {
    var set =
        client
            .apps()
            .replicaSets()
            .inNamespace(pod.getMetadata().getNamespace())
            .withName(replicaSet)
            .get();
    if (set == null || set.getSpec().getReplicas() == null || set.getSpec().getReplicas() == 0) {
      return delete(pod, "its ReplicaSet was replaced meanwhile, so the pod is deleted");
    }
    var labels = pod.getMetadata().getLabels();
    var ours = PodRelabelling.stillOurs(labels, originals);
    var restored = new TreeMap<>(labels);
    restored.putAll(ours);
    var theirs = new TreeMap<>(originals);
    theirs.entrySet().removeIf(was -> was.getValue().equals(restored.get(was.getKey())));
    if (!Selectors.matches(set.getSpec().getSelector(), restored)) {
      // Half put back it would serve, owned by nobody.
      return new Seen.Failed(
          "somebody changed label %s of the quarantined pod: it is left alone"
              .formatted(String.join(", ", theirs.keySet())));
    }
    try {
      patch(pod, PodRelabelling.restore(pod, originals));
    } catch (KubernetesClientException e) {
      if (!isRefusedTest(e)) {
        throw e;
      }
      return new Seen.NotYet(
          isDenied(pod, e)
              ? "the labels cannot be put back: " + ApiServer.words(e)
              : "the pod changed while its labels were to be put back");
    }
    return new Seen.Done(
        "labels are put back: it is a pod of its ReplicaSet again"
            + (theirs.isEmpty()
                ? ""
                : "; %s was changed by somebody else and is left alone"
                    .formatted(String.join(", ", theirs.keySet()))));
  }
}

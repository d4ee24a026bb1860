package dev.heapwarden.operator.evaluate;

import dev.heapwarden.crds.Api;
import dev.heapwarden.crds.incident.LeakIncident;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.Gettable;
import io.fabric8.kubernetes.client.dsl.Nameable;
import java.net.HttpURLConnection;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/** Finds the workload of a pod. */
public final class Workloads {
  /** ReplicaSets and Jobs remembered at most; their owner never changes. */
  private static final int REMEMBERED = 10_000;

  /** Kinds that the operator may read. */
  private static final Map<String, String> API_VERSIONS =
      Map.of(
          "Deployment", "apps/v1",
          "ReplicaSet", "apps/v1",
          "StatefulSet", "apps/v1",
          "DaemonSet", "apps/v1",
          "Job", "batch/v1",
          "CronJob", "batch/v1",
          "Pod", "v1");

  private final KubernetesClient client;
  private final BiFunction<String, String, Optional<LeakIncident>> incidents;
  private final Map<String, Workload> byOwnerUid = new ConcurrentHashMap<>();

  /**
   * Reads from the cluster.
   *
   * @param incidents by namespace and name
   */
  public Workloads(
      KubernetesClient client, BiFunction<String, String, Optional<LeakIncident>> incidents) {
    this.client = client;
    this.incidents = incidents;
  }

  /** An isolated pod has lost its owner: its workload is the one of its incident. */
  public Workload of(Pod pod) {
    var metadata = pod.getMetadata();
    var self = new Workload("Pod", metadata.getName(), metadata.getUid());
    var incident = quarantine(pod);
    if (incident != null) {
      return incidents
          .apply(metadata.getNamespace(), incident)
          .map(found -> found.getSpec().target())
          .map(target -> new Workload(target.kind(), target.name(), target.uid()))
          .orElse(self);
    }
    if (Owners.isStatic(pod)) {
      return self;
    }
    return Owners.controller(pod).map(owner -> above(metadata.getNamespace(), owner)).orElse(self);
  }

  /** Name of the incident that isolated the pod; null for a pod in service. */
  static @Nullable String quarantine(Pod pod) {
    var labels = pod.getMetadata().getLabels();
    return labels == null ? null : labels.get(Api.QUARANTINE_LABEL);
  }

  /**
   * False when the cluster says that the workload is no more; true where it cannot be asked: other
   * kinds, or an installation that was not given the permission.
   */
  public boolean exists(String namespace, Workload workload) {
    var apiVersion = API_VERSIONS.get(workload.kind());
    if (apiVersion == null) {
      return true;
    }
    try {
      var found =
          client
              .genericKubernetesResources(apiVersion, workload.kind())
              .inNamespace(namespace)
              .withName(workload.name())
              .get();
      return found != null && found.getMetadata().getUid().equals(workload.uid());
    } catch (KubernetesClientException e) {
      if (e.getCode() == HttpURLConnection.HTTP_FORBIDDEN) {
        return true;
      }
      throw e;
    }
  }

  /** ReplicaSets and Jobs come and go; who made them stays. */
  private Workload above(String namespace, OwnerReference owner) {
    return switch (owner.getApiVersion() + "/" + owner.getKind()) {
      case "apps/v1/ReplicaSet" -> above(owner, client.apps().replicaSets().inNamespace(namespace));
      case "batch/v1/Job" -> above(owner, client.batch().v1().jobs().inNamespace(namespace));
      default -> of(owner);
    };
  }

  private Workload above(
      OwnerReference owner, Nameable<? extends Gettable<? extends HasMetadata>> among) {
    var known = byOwnerUid.get(owner.getUid());
    if (known != null) {
      return known;
    }
    var found = among.withName(owner.getName()).get();
    if (found == null) {
      return of(owner);
    }
    var workload = Owners.controller(found).map(Workloads::of).orElse(of(owner));
    if (byOwnerUid.size() >= REMEMBERED) {
      byOwnerUid.clear();
    }
    byOwnerUid.put(owner.getUid(), workload);
    return workload;
  }

  private static Workload of(OwnerReference owner) {
    return new Workload(owner.getKind(), owner.getName(), owner.getUid());
  }
}

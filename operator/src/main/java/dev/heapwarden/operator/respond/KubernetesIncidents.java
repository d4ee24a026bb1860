package dev.heapwarden.operator.respond;

import dev.heapwarden.crds.Api;
import dev.heapwarden.crds.incident.LeakIncident;
import dev.heapwarden.crds.policy.MemoryPolicy;
import dev.heapwarden.crds.policy.MemoryPolicyStatus.SpentAction;
import dev.heapwarden.crds.policy.MemoryPolicyStatus.UnhelpfulResponse;
import dev.heapwarden.crds.watch.WatchedNamespaces;
import dev.heapwarden.operator.respond.guard.Breaker;
import dev.heapwarden.operator.respond.guard.Spending;
import dev.heapwarden.operator.respond.journal.IncidentStore;
import dev.heapwarden.operator.respond.journal.Ledger;
import io.fabric8.kubernetes.api.model.GenericKubernetesResourceBuilder;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.KubernetesResourceList;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.MixedOperation;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.net.HttpURLConnection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Incidents and policies in the API server, always read from it and never from a cache. */
public final class KubernetesIncidents implements IncidentStore {
  private static final Logger LOG = LoggerFactory.getLogger(KubernetesIncidents.class);

  /** The policy's own status is written at any moment. */
  private static final int TRIES = 5;

  private static final PatchContext BUDGET =
      new PatchContext.Builder()
          .withPatchType(PatchType.SERVER_SIDE_APPLY)
          .withFieldManager(Api.FIELD_MANAGER_PREFIX + "budget")
          .withForce(true)
          .build();

  private final KubernetesClient client;
  private final WatchedNamespaces namespaces;

  /** Those of all namespaces. */
  public KubernetesIncidents(KubernetesClient client) {
    this(client, WatchedNamespaces.parse(""));
  }

  public KubernetesIncidents(KubernetesClient client, WatchedNamespaces namespaces) {
    this.client = client;
    this.namespaces = namespaces;
  }

  @Override
  public LeakIncident updateStatus(LeakIncident incident) {
    return fenced(incident, () -> client.resource(incident).updateStatus());
  }

  @Override
  public LeakIncident updateMetadata(LeakIncident incident) {
    return fenced(incident, () -> client.resource(incident).update());
  }

  @Override
  public void delete(LeakIncident incident) {
    fenced(
        incident,
        () -> {
          client.resource(incident).lockResourceVersion().delete();
          return incident;
        });
  }

  @Override
  public void spend(MemoryPolicy policy, SpentAction action) {
    remember(policy, read -> memory(Spending.with(read, action), unhelpful(read)));
  }

  @Override
  public void remember(MemoryPolicy policy, UnhelpfulResponse response) {
    remember(policy, read -> memory(spent(read), Breaker.with(read, response)));
  }

  /**
   * By server-side apply of these fields alone: the rest of the status is the policy's
   * reconciler's. Always of both, since an apply removes what it does not name any more. The
   * resourceVersion fences it. What was done stays done where it cannot be written.
   */
  private void remember(MemoryPolicy policy, Function<MemoryPolicy, Map<String, ?>> memory) {
    for (int left = TRIES - 1; left >= 0; left--) {
      try {
        var read = client.resource(policy).get();
        if (read != null) {
          apply(read, memory.apply(read));
        }
        return;
      } catch (KubernetesClientException e) {
        if (e.getCode() != HttpURLConnection.HTTP_CONFLICT || left == 0) {
          LOG.warn(
              "policy does not remember what was done namespace={} policy={} reason={}",
              policy.getMetadata().getNamespace(),
              policy.getMetadata().getName(),
              e.getMessage());
          return;
        }
      }
    }
  }

  private void apply(MemoryPolicy read, Map<String, ?> memory) {
    var metadata = read.getMetadata();
    var status =
        new GenericKubernetesResourceBuilder()
            .withApiVersion(read.getApiVersion())
            .withKind(read.getKind())
            .withNewMetadata()
            .withName(metadata.getName())
            .withNamespace(metadata.getNamespace())
            .withUid(metadata.getUid())
            .withResourceVersion(metadata.getResourceVersion())
            .endMetadata()
            .addToAdditionalProperties("status", memory)
            .build();
    client.resource(status).subresource("status").patch(BUDGET);
  }

  private static Map<String, ?> memory(List<SpentAction> spent, List<UnhelpfulResponse> unhelpful) {
    return Map.of("spentActions", spent, "unhelpfulResponses", unhelpful);
  }

  private static List<SpentAction> spent(MemoryPolicy policy) {
    return policy.getStatus() == null ? List.of() : policy.getStatus().spentActions();
  }

  private static List<UnhelpfulResponse> unhelpful(MemoryPolicy policy) {
    return policy.getStatus() == null ? List.of() : policy.getStatus().unhelpfulResponses();
  }

  @Override
  public List<LeakIncident> inNamespace(String namespace) {
    return client.resources(LeakIncident.class).inNamespace(namespace).list().getItems();
  }

  @Override
  public Ledger everywhere() {
    return new Ledger(
        all(client.resources(LeakIncident.class)), all(client.resources(MemoryPolicy.class)));
  }

  private <T extends HasMetadata, L extends KubernetesResourceList<T>> List<T> all(
      MixedOperation<T, L, Resource<T>> resources) {
    return namespaces.of(resources).stream()
        .flatMap(request -> request.list().getItems().stream())
        .toList();
  }

  @Override
  public Optional<MemoryPolicy> policy(String namespace, String name) {
    return Optional.ofNullable(
        client.resources(MemoryPolicy.class).inNamespace(namespace).withName(name).get());
  }

  /** Nothing but them: fields of the spec that this version does not know stay as they are. */
  @Override
  public void updateFinalizers(MemoryPolicy policy) {
    var metadata =
        Map.of(
            "resourceVersion",
            policy.getMetadata().getResourceVersion(),
            "finalizers",
            policy.getFinalizers());
    try {
      client
          .resource(policy)
          .patch(
              PatchContext.of(PatchType.JSON_MERGE),
              Serialization.asJson(Map.of("metadata", metadata)));
    } catch (KubernetesClientException e) {
      if (!isConflict(e)) {
        throw e;
      }
    }
  }

  private static LeakIncident fenced(LeakIncident written, Supplier<LeakIncident> write) {
    try {
      return write.get();
    } catch (KubernetesClientException e) {
      if (isConflict(e)) {
        throw new Conflict(written.getMetadata().getName(), e);
      }
      throw e;
    }
  }

  /** Written or deleted by somebody else. */
  private static boolean isConflict(KubernetesClientException failure) {
    return failure.getCode() == HttpURLConnection.HTTP_CONFLICT
        || failure.getCode() == HttpURLConnection.HTTP_NOT_FOUND;
  }
}

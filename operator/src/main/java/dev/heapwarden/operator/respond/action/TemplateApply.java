package dev.heapwarden.operator.respond.action;

import dev.heapwarden.operator.api.ApiServer;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.net.HttpURLConnection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Server-side apply to a Deployment's pod template. One manager per incident and one apply with all
 * its fields: a second apply by the same manager that names other fields removes the first ones.
 */
final class TemplateApply {
  /** Kubernetes 1.35 apimachinery pkg/apis/meta/v1/types.go, CauseTypeFieldManagerConflict. */
  private static final String FIELD_CONFLICT = "FieldManagerConflict";

  private final KubernetesClient client;

  TemplateApply(KubernetesClient client) {
    this.client = client;
  }

  /** The object to apply. Its UID makes the API server refuse a Deployment made anew. */
  static String patch(
      Deployment deployment,
      TemplateContainer container,
      NavigableMap<String, String> environment) {
    var variables =
        environment.entrySet().stream()
            .map(entry -> ordered("name", entry.getKey(), "value", entry.getValue()))
            .toList();
    var containers = List.of(ordered("name", container.name(), "env", variables));
    var object = identity(deployment);
    object.put("spec", Map.of("template", Map.of("spec", Map.of(container.list(), containers))));
    return Serialization.asYaml(object);
  }

  /** Tries it without doing it: empty, or why it would be refused. */
  Optional<String> tryOut(String patch, String manager) {
    return send(patch, context(manager).withDryRun(List.of("All")).build());
  }

  /** Empty when applied, or why somebody else owns a field. */
  Optional<String> apply(String patch, String manager) {
    return send(patch, context(manager).build());
  }

  /** Applies nothing but the identity: the API server removes what this manager alone owns. */
  void withdraw(Deployment deployment, String manager) {
    var bare = Serialization.asYaml(identity(deployment));
    send(bare, context(manager).build())
        .ifPresent(
            conflict -> {
              throw new IllegalStateException("undo of " + manager + " was refused: " + conflict);
            });
  }

  /** The variables that a patch names. */
  static NavigableMap<String, String> environment(String patch) {
    var template =
        Serialization.unmarshal(patch, Deployment.class).getSpec().getTemplate().getSpec();
    var environment = new TreeMap<String, String>();
    Stream.of(template.getContainers(), template.getInitContainers())
        .flatMap(List::stream)
        .flatMap(container -> container.getEnv().stream())
        .forEach(variable -> environment.put(variable.getName(), variable.getValue()));
    return environment;
  }

  private Optional<String> send(String patch, PatchContext context) {
    var object = Serialization.unmarshal(patch, Deployment.class);
    try {
      client.resource(object).patch(context, object);
      return Optional.empty();
    } catch (KubernetesClientException e) {
      if (!isOwned(e)) {
        throw e;
      }
      return Optional.of(ApiServer.words(e));
    }
  }

  /**
   * Whether a field is somebody else's. An apply conflicts too where somebody wrote at the same
   * time (Kubernetes 1.35 apiserver pkg/endpoints/handlers/patch.go gives up after five tries):
   * then it is to be tried again.
   */
  private static boolean isOwned(KubernetesClientException e) {
    var status = e.getStatus();
    return e.getCode() == HttpURLConnection.HTTP_CONFLICT
        && status != null
        && status.getDetails() != null
        && status.getDetails().getCauses() != null
        && status.getDetails().getCauses().stream()
            .anyMatch(cause -> FIELD_CONFLICT.equals(cause.getReason()));
  }

  private static PatchContext.Builder context(String manager) {
    return new PatchContext.Builder()
        .withPatchType(PatchType.SERVER_SIDE_APPLY)
        .withFieldManager(manager)
        .withForce(false);
  }

  private static Map<String, Object> identity(Deployment deployment) {
    var metadata = deployment.getMetadata();
    var object = new LinkedHashMap<String, Object>();
    object.put("apiVersion", "apps/v1");
    object.put("kind", "Deployment");
    object.put(
        "metadata",
        ordered(
            "name",
            metadata.getName(),
            "namespace",
            metadata.getNamespace(),
            "uid",
            metadata.getUid()));
    return object;
  }

  private static Map<String, Object> ordered(Object... pairs) {
    var map = new LinkedHashMap<String, Object>();
    for (int i = 0; i < pairs.length; i += 2) {
      map.put((String) pairs[i], pairs[i + 1]);
    }
    return map;
  }
}

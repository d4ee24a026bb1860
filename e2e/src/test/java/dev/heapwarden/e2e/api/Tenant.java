package dev.heapwarden.e2e.api;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.FieldValidateable.Validation;
import io.fabric8.kubernetes.client.dsl.NonDeletingOperation;

/**
 * A namespace of a test class's own, and the cluster's administrator in it. Deleted when closed.
 */
record Tenant(KubernetesClient client, String namespace) implements AutoCloseable {
  static Tenant create(KubernetesClient client) {
    var request = new NamespaceBuilder().withNewMetadata().withGenerateName("api-it-");
    var created = client.resource(request.endMetadata().build()).create();
    return new Tenant(client, created.getMetadata().getName());
  }

  GenericKubernetesResource create(GenericKubernetesResource resource) {
    return write(resource, false).create();
  }

  /** Up to where it would be stored. */
  GenericKubernetesResource tryToCreate(GenericKubernetesResource resource) {
    return write(resource, true).create();
  }

  /** Up to where it would be stored. */
  GenericKubernetesResource tryToChange(GenericKubernetesResource resource) {
    return apply(resource, true);
  }

  GenericKubernetesResource change(GenericKubernetesResource resource) {
    return apply(resource, false);
  }

  private GenericKubernetesResource apply(GenericKubernetesResource resource, boolean dryRun) {
    return write(resource, dryRun).fieldManager("api-it").forceConflicts().serverSideApply();
  }

  /** As kubectl does: a field that is not in the schema is refused. */
  private NonDeletingOperation<GenericKubernetesResource> write(
      GenericKubernetesResource resource, boolean dryRun) {
    return client
        .resource(resource)
        .inNamespace(namespace)
        .dryRun(dryRun)
        .fieldValidation(Validation.STRICT);
  }

  @Override
  public void close() {
    client.namespaces().withName(namespace).delete();
  }
}

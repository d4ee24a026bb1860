package dev.heapwarden.operator.respond.action;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heapwarden.operator.ApiServer;
import dev.heapwarden.operator.ApiServer.Reply;
import io.fabric8.kubernetes.api.model.StatusBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/** What an API server that says 409 to an apply means by it. */
class TemplateApplyTest {
  private static final String PATCH =
      """
      apiVersion: apps/v1
      kind: Deployment
      metadata: {name: checkout, namespace: shop}
      """;

  @Test
  void aFieldOfSomebodyElseIsTheirs() throws IOException {
    var conflict =
        new StatusBuilder()
            .withCode(409)
            .withMessage("conflict with \"helm\": .spec.template")
            .withNewDetails()
            .addNewCause(".spec.template", "conflict with helm", "FieldManagerConflict")
            .endDetails()
            .build();
    try (var server = new ApiServer((_, _, _) -> new Reply(409, conflict))) {
      assertThat(new TemplateApply(server.client()).apply(PATCH, "heapwarden-leak"))
          .contains("conflict with \"helm\": .spec.template");
    }
  }

  @Test
  void whoeverWroteAtTheSameTimeOwnsNothingByThat() throws IOException {
    try (var server =
        new ApiServer((_, _, _) -> Reply.refusal(409, "the object has been modified"))) {
      assertThatThrownBy(() -> new TemplateApply(server.client()).apply(PATCH, "heapwarden-leak"))
          .isInstanceOf(KubernetesClientException.class);
    }
  }
}

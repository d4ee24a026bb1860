package dev.heapwarden.operator.respond.action;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heapwarden.operator.ApiServer;
import dev.heapwarden.operator.ApiServer.Reply;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ReplicasTest {
  private static final String MANAGER = "heapwarden-checkout-leak";
  private static final String SCALED_BY_US = entry(MANAGER, "Update", "scale", "f:replicas: {}");

  private final List<String> requests = new ArrayList<>();
  private final ApiServer server = new ApiServer(this::answer);
  private boolean changed;

  ReplicasTest() throws IOException {}

  @AfterEach
  void close() {
    server.close();
  }

  @Test
  void theNumberIsOursWhileOnlyOurScalingSetIt() {
    assertThat(replicas(SCALED_BY_US).isOnlyOf(MANAGER)).isTrue();
    assertThat(replicas(SCALED_BY_US + entry(MANAGER, "Apply", "", "f:template: {}")))
        .extracting(replicas -> replicas.isOnlyOf(MANAGER))
        .isEqualTo(true);
  }

  @Test
  void aNumberThatSomebodyChangedAwayAndBackIsTheirs() {
    var theirs = replicas(entry("kubectl", "Update", "scale", "f:replicas: {}"));
    assertThat(theirs.isOnlyOf(MANAGER)).isFalse();
    assertThat(theirs.others(MANAGER)).isEqualTo("kubectl");
  }

  @Test
  void theSameNumberAppliedBySomebodyIsTheirsToo() {
    var shared = replicas(SCALED_BY_US + entry("argocd", "Apply", "", "f:replicas: {}"));
    assertThat(shared.isOnlyOf(MANAGER)).isFalse();
    assertThat(shared.others(MANAGER)).isEqualTo("argocd");
  }

  @Test
  void scalingNamesWhoScalesAndWhichDeploymentAsItWasRead() {
    assertThat(replicas("").set(3, MANAGER)).isTrue();
    assertThat(requests).hasSize(1);
    assertThat(requests.getFirst())
        .startsWith(
            "PUT /apis/apps/v1/namespaces/shop/deployments/checkout/scale?fieldManager=" + MANAGER)
        .contains("\"uid\":\"7d9f\"", "\"resourceVersion\":\"42\"", "\"replicas\":3");
  }

  @Test
  void aDeploymentThatChangedMeanwhileIsNotScaled() {
    changed = true;
    assertThat(replicas("").set(3, MANAGER)).isFalse();
  }

  @Test
  void givingUpTheNumberTakesOutOurEntryAlone() {
    assertThat(replicas(entry("helm", "Apply", "", "f:template: {}") + SCALED_BY_US))
        .extracting(replicas -> replicas.release(MANAGER))
        .isEqualTo(true);
    assertThat(requests.getLast())
        .startsWith("PATCH /apis/apps/v1/namespaces/shop/deployments/checkout")
        .contains("/metadata/managedFields/1", "/metadata/resourceVersion", "\"42\"");
  }

  @Test
  void whatWeNeverOwnedIsNotGivenUp() {
    assertThat(replicas(entry("kubectl", "Update", "scale", "f:replicas: {}")).release(MANAGER))
        .isTrue();
    assertThat(requests).isEmpty();
  }

  private Reply answer(String method, URI uri, String body) {
    requests.add(method + " " + uri + "\n" + body);
    return changed ? Reply.refusal(409, "") : Reply.ok(new Deployment());
  }

  private Replicas replicas(String managedFields) {
    var yaml =
        """
        apiVersion: apps/v1
        kind: Deployment
        metadata:
          name: checkout
          namespace: shop
          uid: 7d9f
          resourceVersion: "42"
          managedFields: [%s]
        spec: {replicas: 2}
        """
            .formatted(managedFields);
    return new Replicas(server.client(), Serialization.unmarshal(yaml, Deployment.class));
  }

  private static String entry(String manager, String operation, String subresource, String field) {
    return """
    {manager: %s, operation: %s, subresource: '%s', fieldsType: FieldsV1,
     fieldsV1: {f:spec: {%s}}},
    """
        .formatted(manager, operation, subresource, field);
  }
}

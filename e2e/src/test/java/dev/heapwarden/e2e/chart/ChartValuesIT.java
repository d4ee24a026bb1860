package dev.heapwarden.e2e.chart;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.List;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A value that is set reaches the objects that it is for, and no others; without a cluster. */
@Order(0)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ChartValuesIT {
  private final List<HasMetadata> plain = Chart.template();

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      value = {
        "operator.priorityClassName | \"urgent\""
            + " | Deployment Job | /spec/template/spec/priorityClassName",
        "operator.nodeSelector | {\"pool\":\"infra\"}"
            + " | Deployment Job | /spec/template/spec/nodeSelector",
        "operator.tolerations | [{\"key\":\"infra\",\"operator\":\"Exists\"}]"
            + " | Deployment Job | /spec/template/spec/tolerations",
        "operator.affinity | {\"podAffinity\":{}} | Deployment Job | /spec/template/spec/affinity",
        "operator.resources.limits.memory | \"1Gi\""
            + " | Deployment Job | /spec/template/spec/containers/0/resources/limits/memory",
        "operator.podAnnotations | {\"team\":\"sre\"}"
            + " | Deployment | /spec/template/metadata/annotations",
        "agent.priorityClassName | \"urgent\""
            + " | DaemonSet | /spec/template/spec/priorityClassName",
        "agent.nodeSelector | {\"pool\":\"shop\"} | DaemonSet | /spec/template/spec/nodeSelector",
        "agent.tolerations | [{\"key\":\"shop\",\"operator\":\"Exists\"}]"
            + " | DaemonSet | /spec/template/spec/tolerations",
        "agent.affinity | {\"podAffinity\":{}} | DaemonSet | /spec/template/spec/affinity",
        "agent.resources.limits.memory | \"1Gi\""
            + " | DaemonSet | /spec/template/spec/containers/0/resources/limits/memory",
        "agent.podAnnotations | {\"team\":\"sre\"}"
            + " | DaemonSet | /spec/template/metadata/annotations",
        "imagePullSecrets[0] | \"registry\""
            + " | DaemonSet Deployment Job | /spec/template/spec/imagePullSecrets/0/name",
      })
  void whereAndHowPodsRunIsSaidInTheirTemplates(
      String value, String json, String kinds, String pointer) {
    var changed = changed(value, json);
    assertThat(changed)
        .extracting(HasMetadata::getKind)
        .containsExactlyInAnyOrder(kinds.split(" ", -1));
    assertThat(changed)
        .allSatisfy(
            resource ->
                assertThat(at(resource, pointer))
                    .isEqualTo(Serialization.unmarshal(json, JsonNode.class)));
  }

  @Test
  void howMuchMayBeDoneIsSaidToTheOperator() {
    assertThat(changed("operator.clusterLimits.concurrentActions", "7"))
        .singleElement()
        .satisfies(
            operator -> {
              assertThat(operator.getKind()).isEqualTo("Deployment");
              assertThat(at(operator, "/spec/template/spec/containers/0/env").toString())
                  .contains("\"CLUSTER_CONCURRENT_ACTIONS\",\"value\":\"7\"")
                  .contains("\"NAMESPACE_CONCURRENT_ACTIONS\",\"value\":\"5\"");
            });
  }

  @Test
  void snapshotsAreKeptInADirectoryOfTheInstallationsOwn() {
    assertThat(changed("agent.snapshotDirectory", "\"/data/evidence\""))
        .singleElement()
        .satisfies(
            agent -> {
              assertThat(agent.getKind()).isEqualTo("DaemonSet");
              assertThat(at(agent, "/spec/template/spec/volumes").findValuesAsText("path"))
                  .contains("/data/evidence/elsewhere")
                  .noneMatch(path -> path.startsWith("/var/lib"));
            });
  }

  @Test
  void credentialsOfTheObjectStoreAreAFileAndNoVariable() {
    assertThat(
            changed("agent.objectStore", "{\"bucket\":\"evidence\",\"secret\":\"evidence-store\"}"))
        .singleElement()
        .satisfies(
            agent -> {
              assertThat(agent.getKind()).isEqualTo("DaemonSet");
              assertThat(at(agent, "/spec/template/spec/containers/0/env").toString())
                  .contains("\"OBJECT_STORE_BUCKET\",\"value\":\"evidence\"")
                  .contains(
                      "\"AWS_SHARED_CREDENTIALS_FILE\","
                          + "\"value\":\"/etc/heapwarden/object-store/credentials\"")
                  .doesNotContain("secretKeyRef");
              assertThat(at(agent, "/spec/template/spec/volumes").findValuesAsText("secretName"))
                  .containsExactly("evidence-store");
            });
  }

  @Test
  void withoutNetworkPoliciesEverythingElseStaysAsItIs() {
    assertThat(Chart.template("--set", "networkPolicy.enabled=false"))
        .containsExactlyElementsOf(
            plain.stream()
                .filter(resource -> !resource.getKind().equals("NetworkPolicy"))
                .toList());
    assertThat(plain).anyMatch(resource -> resource.getKind().equals("NetworkPolicy"));
  }

  private List<HasMetadata> changed(String value, String json) {
    return Chart.template("--set-json", value + "=" + json).stream()
        .filter(resource -> !plain.contains(resource))
        .toList();
  }

  private static JsonNode at(HasMetadata resource, String pointer) {
    return Serialization.unmarshal(Serialization.asJson(resource), JsonNode.class).at(pointer);
  }
}

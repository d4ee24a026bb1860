package dev.heapwarden.crds.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heapwarden.crds.Api;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GoverningTest {
  private static final String WEB = "matchLabels: {app: web}";
  private static final Pod POD = pod(Map.of("app", "web"));

  private final MemoryPolicy older = policy("zeta", "2026-01-01T00:00:00Z", WEB);
  private final MemoryPolicy younger = policy("alpha", "2026-01-02T00:00:00Z", WEB);

  @Test
  void theOldestPolicyThatSelectsAPodGovernsIt() {
    assertThat(Governing.policy(POD, List.of(younger, older))).contains(older);
  }

  @Test
  void ofTwoPoliciesOfOneSecondTheFirstByNameGoverns() {
    var twin = policy("beta", "2026-01-01T00:00:00Z", WEB);

    assertThat(Governing.policy(POD, List.of(older, twin))).contains(twin);
    assertThat(Governing.policy(POD, List.of(twin, older))).contains(twin);
  }

  @Test
  void aPolicyThatIsDeletedGovernsOnlyWhatNoOtherDoes() {
    older.getMetadata().setDeletionTimestamp("2026-01-03T00:00:00Z");

    assertThat(Governing.policy(POD, List.of(older, younger))).contains(younger);
    assertThat(Governing.policy(POD, List.of(older))).contains(older);
  }

  @Test
  void anOlderPolicyThatDoesNotSelectThePodDoesNotMatter() {
    var other = policy("ancient", "2025-01-01T00:00:00Z", "matchLabels: {app: web, tier: db}");

    assertThat(Governing.policy(POD, List.of(other, younger))).contains(younger);
  }

  @Test
  void aPolicyOfAnotherNamespaceGovernsNothing() {
    older.getMetadata().setNamespace("other");

    assertThat(Governing.policy(POD, List.of(older))).isEmpty();
  }

  @Test
  void anIsolatedPodStaysWithThePolicyThatItWasIsolatedUnder() {
    var isolated = pod(Map.of("app", "web", Api.QUARANTINE_LABEL, "incident"));
    isolated.getMetadata().setAnnotations(Map.of(Api.POLICY_ANNOTATION, "alpha"));

    assertThat(Governing.policy(isolated, List.of(older, younger))).contains(younger);
    assertThat(Governing.policy(isolated, List.of(older))).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{key: app, operator: In, values: [web, db]}|true",
        "{key: app, operator: In, values: [db]}|false",
        "{key: tier, operator: In, values: [web]}|false",
        "{key: app, operator: NotIn, values: [web]}|false",
        "{key: tier, operator: NotIn, values: [web]}|true",
        "{key: app, operator: Exists}|true",
        "{key: app, operator: DoesNotExist}|false",
        "|false",
      })
  void expressionsSelectAsKubernetesDefinesThem(String expression, boolean selects) {
    var selector = "matchExpressions: [%s]".formatted(expression == null ? "" : expression);

    assertThat(Governing.selects(policy("p", "2026-01-01T00:00:00Z", selector), POD))
        .isEqualTo(selects);
  }

  private static Pod pod(Map<String, String> labels) {
    return new PodBuilder()
        .withNewMetadata()
        .withNamespace("shop")
        .withName("web-1")
        .withLabels(labels)
        .endMetadata()
        .build();
  }

  private static MemoryPolicy policy(String name, String created, String selector) {
    return Serialization.unmarshal(
        """
        metadata: {name: %s, namespace: shop, creationTimestamp: "%s"}
        spec: {selector: {%s}}
        """
            .formatted(name, created, selector),
        MemoryPolicy.class);
  }
}

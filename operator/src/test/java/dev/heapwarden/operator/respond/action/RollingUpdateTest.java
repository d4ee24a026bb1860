package dev.heapwarden.operator.respond.action;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heapwarden.operator.ApiServer;
import dev.heapwarden.operator.ApiServer.Reply;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A Deployment of four pods. */
class RollingUpdateTest {
  private final ApiServer server = new ApiServer((_, uri, _) -> answer(uri));
  private Object[] budgets = {};
  private List<Pod> ready = List.of();

  RollingUpdateTest() throws IOException {}

  @AfterEach
  void close() {
    server.close();
  }

  @Test
  void aRolloutThatTakesMoreOutThanABudgetLetsGoIsRefused() {
    budgets = new Object[] {budget("minAvailable: 3")};
    assertThat(forbidden("{maxUnavailable: 2}"))
        .contains(
            "Disruption: a rollout may take 2 of 4 pods out at once, and PodDisruptionBudget"
                + " checkout wants 3 ready pods; 2 would be left; lower maxUnavailable of the"
                + " Deployment's strategy");
    assertThat(forbidden("{maxUnavailable: 1}")).isEmpty();
  }

  /** Of four pods the default lets one go, which is a quarter. */
  @Test
  void aStrategyThatSaysNothingHasTheDefaults() {
    budgets = new Object[] {budget("maxUnavailable: 0")};
    assertThat(forbidden("{}")).isPresent();
    budgets = new Object[] {budget("maxUnavailable: 1")};
    assertThat(forbidden("{}")).isEmpty();
  }

  /** Kubernetes rounds what may be unavailable down, and what may be added up. */
  @ParameterizedTest
  @CsvSource({
    "'{maxUnavailable: 74%}',               2",
    "'{maxUnavailable: 75%}',               3",
    "'{maxUnavailable: 0, maxSurge: 1}',    0",
    "'{maxUnavailable: 20%, maxSurge: 0%}', 1",
    "'{maxUnavailable: 9}',                 4"
  })
  void soManyMayGoAtOnce(String strategy, int out) {
    budgets = new Object[] {budget("minAvailable: 4")};
    assertThat(forbidden(strategy).map(why -> why.substring(0, why.indexOf(" of 4"))))
        .isEqualTo(
            out == 0 ? Optional.empty() : Optional.of("Disruption: a rollout may take " + out));
  }

  @Test
  void withoutABudgetOnePodMustStay() {
    assertThat(forbidden("{maxUnavailable: 3}")).isEmpty();
    assertThat(forbidden("{maxUnavailable: 100%}"))
        .contains(
            "Disruption: a rollout may take 4 of 4 pods out at once, and none would be left; lower"
                + " maxUnavailable of the Deployment's strategy");
  }

  @Test
  void whatAnotherWorkloadHasReadyCountsForTheirCommonBudget() {
    budgets = new Object[] {budget("minAvailable: 3")};
    ready = List.of(pod("checkout-1", "checkout"), pod("billing-1", "billing"));
    assertThat(forbidden("{maxUnavailable: 2}")).isEmpty();
  }

  @Test
  void aBudgetOfOtherPodsIsNoneOfItsBusiness() {
    budgets = new Object[] {budget("minAvailable: 4, selector: {matchLabels: {app: billing}}")};
    assertThat(forbidden("{maxUnavailable: 2}")).isEmpty();
  }

  private Optional<String> forbidden(String strategy) {
    var deployment =
        Serialization.unmarshal(
            """
            metadata: {name: checkout, namespace: shop}
            spec:
              replicas: 4
              strategy: {type: RollingUpdate, rollingUpdate: %s}
              selector: {matchLabels: {app: checkout}}
              template: {metadata: {labels: {app: checkout, tier: web}}}
            """
                .formatted(strategy),
            Deployment.class);
    return new RollingUpdate(server.client(), deployment).forbidden();
  }

  private Reply answer(URI uri) {
    return uri.getPath().endsWith("/poddisruptionbudgets")
        ? Reply.list(budgets)
        : Reply.list(ready.toArray());
  }

  private static PodDisruptionBudget budget(String spec) {
    var selector = spec.contains("selector") ? "" : ", selector: {matchLabels: {tier: web}}";
    return Serialization.unmarshal(
        """
        apiVersion: policy/v1
        kind: PodDisruptionBudget
        metadata: {name: checkout, namespace: shop, generation: 1}
        spec: {%s%s}
        status: {expectedPods: 4, disruptionsAllowed: 1, observedGeneration: 1}
        """
            .formatted(spec, selector),
        PodDisruptionBudget.class);
  }

  private static Pod pod(String name, String app) {
    return Serialization.unmarshal(
        """
        apiVersion: v1
        kind: Pod
        metadata:
          name: %s
          namespace: shop
          labels: {app: %s, tier: web}
          creationTimestamp: "2026-07-01T12:00:00Z"
        status: {conditions: [{type: Ready, status: "True"}]}
        """
            .formatted(name, app),
        Pod.class);
  }
}

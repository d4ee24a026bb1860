package dev.heapwarden.operator.respond.action;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import dev.heapwarden.crds.policy.GoSettings;
import dev.heapwarden.crds.policy.Intervene;
import dev.heapwarden.crds.policy.JvmSettings;
import dev.heapwarden.crds.policy.Limits;
import dev.heapwarden.crds.policy.Mode;
import dev.heapwarden.crds.policy.Respond;
import dev.heapwarden.operator.ApiServer;
import dev.heapwarden.operator.evaluate.Assessment;
import dev.heapwarden.operator.respond.Fixtures;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentStrategyBuilder;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What people read where they have to set the variables themselves. */
class PatchEnvironmentTest {
  private static final String BY_HAND =
      "; by hand, set GOGC=20, set GOMEMLIMIT=241591910 in container checkout of deployment/checkout";

  @Test
  void whatNobodyElseSetIsSet() throws IOException {
    assertThat(plan("Go", deployment("", "")))
        .isInstanceOfSatisfying(
            Plan.Do.class,
            planned -> assertThat(planned.message()).isEqualTo("set GOGC=20 GOMEMLIMIT=241591910"));
  }

  @Test
  void aVariableOfSomebodyElseIsSuggestedWithItsOwnerAndWhatToSet() throws IOException {
    assertThat(suggested(plan("Go", deployment("{name: GOGC, value: '50'}", ""))))
        .isEqualTo(
            "Owned: GOGC is already set to another value in the pod template, by field manager"
                + " platform-team"
                + BY_HAND);
  }

  @Test
  void whatAConfigMapMaySetIsSuggestedWithWhatToSet() throws IOException {
    assertThat(suggested(plan("Go", deployment("", "envFrom: [{configMapRef: {name: settings}}]"))))
        .startsWith("Owned: ConfigMap settings of envFrom may set GOGC")
        .endsWith(BY_HAND);
  }

  @Test
  void optionsOfAJvmAreAddedToTheValueThatIsThere() throws IOException {
    assertThat(suggested(plan("JVM", deployment("{name: JAVA_TOOL_OPTIONS, value: -Xmx1g}", ""))))
        .startsWith("Owned: JAVA_TOOL_OPTIONS is already set to another value in the pod template")
        .endsWith(
            "; by hand, add -XX:MaxGCPauseMillis=150 to JAVA_TOOL_OPTIONS in container checkout of"
                + " deployment/checkout");
  }

  /** Whoever applies it loses nothing: a list of settings is one value to the API server. */
  @Test
  void aSuggestedPatchKeepsTheOptionsThatAreThere() throws IOException {
    assertThat(patched(plan("JVM", deployment("{name: JAVA_TOOL_OPTIONS, value: -Xmx1g}", ""))))
        .containsExactly(entry("JAVA_TOOL_OPTIONS", "-Xmx1g -XX:MaxGCPauseMillis=150"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "http2client=0 | http2client=0,gctrace=1",
        "gctrace=0,http2client=0 | gctrace=1,http2client=0",
        "gctrace=1, | gctrace=1",
        "'' | gctrace=1",
      })
  void aSuggestedPatchKeepsTheGoDebugSettingsThatAreThere(String there, String whole)
      throws IOException {
    var debugging =
        intervening(
            new Intervene(
                new GoSettings(null, null, null, Map.of("gctrace", "1")), null, null, null, "24h"));
    var owned = deployment("{name: GODEBUG, value: '%s'}".formatted(there), "");
    owned.getMetadata().setLabels(Map.of("argocd.argoproj.io/instance", "shop"));
    assertThat(patched(plan("Go", debugging, owned, List.of())))
        .containsExactly(entry("GODEBUG", whole));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{name: JAVA_TOOL_OPTIONS, valueFrom: {configMapKeyRef: {name: java, key: opts}}} | ''",
        "'' | envFrom: [{configMapRef: {name: settings}}]",
      })
  void noPatchIsSuggestedThatWouldReplaceWhatNobodyHereCanSee(String variable, String settings)
      throws IOException {
    assertThat(plan("JVM", deployment(variable, settings)))
        .isInstanceOfSatisfying(
            Plan.Suggest.class,
            suggest -> {
              assertThat(suggest.reason())
                  .contains(
                      "add -XX:MaxGCPauseMillis=150 to JAVA_TOOL_OPTIONS where it is set: the pod"
                          + " template does not show its value");
              assertThat(suggest.patch()).isNull();
            });
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "annotations: {argocd.argoproj.io/tracking-id: 'shop:apps/Deployment:shop/checkout'} | Argo"
            + " CD | annotation argocd.argoproj.io/tracking-id: shop:apps/Deployment:shop/checkout",
        "labels: {argocd.argoproj.io/instance: shop}"
            + " | Argo CD | label argocd.argoproj.io/instance: shop",
        "labels: {kustomize.toolkit.fluxcd.io/name: apps}"
            + " | Flux | label kustomize.toolkit.fluxcd.io/name: apps",
        "labels: {helm.toolkit.fluxcd.io/name: checkout}"
            + " | Flux | label helm.toolkit.fluxcd.io/name: checkout",
      })
  void whatIsDeclaredInGitIsSuggestedWithItsPatch(String mark, String tool, String sign)
      throws IOException {
    var marked = deployment("", "");
    var metadata = Serialization.unmarshal(mark, ObjectMeta.class);
    marked.getMetadata().setLabels(metadata.getLabels());
    marked.getMetadata().setAnnotations(metadata.getAnnotations());

    assertThat(plan("Go", marked))
        .isInstanceOfSatisfying(
            Plan.Suggest.class,
            suggest -> {
              assertThat(suggest.reason())
                  .isEqualTo(
                      "Owned: %s keeps it as it is declared in Git (%s)".formatted(tool, sign)
                          + BY_HAND);
              assertThat(suggest.patch()).contains("Deployment", "GOGC", "GOMEMLIMIT");
            });
  }

  @Test
  void aFieldManagerOfGitOpsIsEnoughToTellSo() throws IOException {
    var applied = deployment("", "");
    applied.getMetadata().getManagedFields().getFirst().setManager("argocd-controller");

    assertThat(suggested(plan("Go", applied)))
        .startsWith(
            "Owned: Argo CD keeps it as it is declared in Git (field manager argocd-controller)");
  }

  /** Helm changes nothing by itself, and leaves alone what its chart does not name. */
  @Test
  void whatAChartInstalledAndDoesNotNameIsSet() throws IOException {
    var installed = deployment("", "");
    installed.getMetadata().setLabels(Map.of("app.kubernetes.io/managed-by", "Helm"));
    installed.getMetadata().getManagedFields().getFirst().setManager("helm");

    assertThat(plan("Go", installed)).isInstanceOf(Plan.Do.class);
  }

  @Test
  void aDeploymentThatWouldStopAllItsPodsAtOnceIsLeftToPeople() throws IOException {
    var recreated = deployment("", "");
    recreated.getSpec().setStrategy(new DeploymentStrategyBuilder().withType("Recreate").build());
    assertThat(suggested(plan("Go", recreated)))
        .isEqualTo(
            "Recreate: the Deployment would stop all its pods before it starts new ones" + BY_HAND);
  }

  @Test
  void aDeploymentThatRollsOutAllItsPodsAtOnceIsRefusedUntilItsStrategyIsAnother()
      throws IOException {
    var careless = deployment("", "");
    careless
        .getSpec()
        .setStrategy(
            new DeploymentStrategyBuilder()
                .withType("RollingUpdate")
                .withNewRollingUpdate()
                .withMaxUnavailable(new IntOrString("100%"))
                .endRollingUpdate()
                .build());
    assertThat(plan("Go", careless))
        .isInstanceOfSatisfying(
            Plan.Refuse.class,
            refused ->
                assertThat(refused.reason())
                    .startsWith("Disruption: a rollout may take 2 of 2 pods out at once"));
  }

  /** What was known of its collections was in the memory of the operator that ended. */
  @Test
  void whatCollectionsCostIsWaitedForWhereNoPodWasJudgedYet() throws IOException {
    var bounded =
        intervening(new Intervene(new GoSettings(90, 20, 50, null), null, null, null, "24h"));
    assertThat(plan("Go", bounded, deployment("", ""), List.of()))
        .isInstanceOfSatisfying(
            Plan.NotNow.class,
            waiting -> assertThat(waiting.reason()).contains("since the operator started"));
    assertThat(plan("Go", bounded, deployment("", ""), List.of(GcLadderTest.seen(Map.of()))))
        .isInstanceOfSatisfying(
            Plan.Do.class,
            planned ->
                assertThat(planned.message())
                    .startsWith("set GOMEMLIMIT=241591910 (GOGC is left out"));
  }

  private static String suggested(Plan plan) {
    return plan instanceof Plan.Suggest(_, var reason, _) ? reason : plan.toString();
  }

  private static Map<String, String> patched(Plan plan) {
    return plan instanceof Plan.Suggest(_, _, var patch) && patch != null
        ? TemplateApply.environment(patch)
        : Map.of();
  }

  private static Plan plan(String runtime, Deployment deployment) throws IOException {
    var options = new JvmSettings(List.of("-XX:MaxGCPauseMillis=150"), false);
    return runtime.equals("JVM")
        ? plan(
            runtime,
            intervening(new Intervene(null, options, null, null, "24h")),
            deployment,
            List.of())
        : plan(runtime, Fixtures.respond(Mode.DRY_RUN, 3, new Limits(3, 1)), deployment, List.of());
  }

  private static Respond intervening(Intervene intervene) {
    var go = Fixtures.respond(Mode.DRY_RUN, 3, new Limits(3, 1));
    return new Respond(
        go.mode(),
        go.maxLevel(),
        go.diagnose(),
        go.isolate(),
        intervene,
        go.limits(),
        go.cooldown(),
        List.of());
  }

  private static Plan plan(
      String runtime, Respond respond, Deployment deployment, List<Assessment> seen)
      throws IOException {
    try (var server =
        new ApiServer(
            (method, uri, body) ->
                uri.getPath().contains("/deployments/")
                    ? ApiServer.Reply.ok(deployment)
                    : ApiServer.Reply.list())) {
      return new PatchEnvironment(
              server.client(), (_, _, _) -> new Seen.Done("in force"), (_, _) -> seen)
          .plan(
              new Situation(
                  Fixtures.ofRuntime(Fixtures.incident("leak", "w1"), runtime),
                  Fixtures.policy(respond),
                  Fixtures.NOON));
    }
  }

  private static Deployment deployment(String variable, String settings) {
    return Serialization.unmarshal(
        """
        apiVersion: apps/v1
        kind: Deployment
        metadata:
          name: checkout
          namespace: shop
          uid: w1
          managedFields:
          - manager: platform-team
            operation: Apply
            apiVersion: apps/v1
            fieldsType: FieldsV1
            fieldsV1:
              f:spec: {f:template: {f:spec: {f:containers: {
                'k:{"name":"checkout"}': {f:env: {'k:{"name":"GOGC"}': {f:value: {}}}}}}}}
        spec:
          replicas: 2
          selector: {matchLabels: {app: checkout}}
          template:
            metadata: {labels: {app: checkout}}
            spec:
              containers:
              - name: checkout
                resources: {limits: {memory: 256Mi}}
                env: [%s]
                %s
        """
            .formatted(variable, settings),
        Deployment.class);
  }
}

package dev.heapwarden.operator.respond.action;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class TemplateContainerTest {
  private static final String MANAGER = "heapwarden-checkout-leak";
  private static final Map<String, String> WANTED = Map.of("GOGC", "20");
  private static final Set<String> NAMES = Set.of("GOGC", "GOMEMLIMIT", "GODEBUG");

  @Test
  void aVariableThatSomebodySetOtherwiseIsTheirs() {
    assertThat(container("").ownedBySomebody(WANTED)).isEmpty();
    assertThat(container("env: [{name: GOGC, value: '20'}]").ownedBySomebody(WANTED)).isEmpty();
    assertThat(container("env: [{name: GOGC, value: '50'}]").ownedBySomebody(WANTED))
        .hasValue("Owned: GOGC is already set to another value in the pod template, by somebody");
    assertThat(
            container("env: [{name: GOGC, valueFrom: {configMapKeyRef: {name: gc, key: g}}}]")
                .ownedBySomebody(WANTED))
        .isPresent();
  }

  @Test
  void aSourceThatMayNotBeReadMayHaveSetTheVariable() {
    assertThat(container("envFrom: [{configMapRef: {name: settings}}]").mayBeSetUnseen(NAMES))
        .get()
        .asString()
        .startsWith("Owned: ConfigMap settings of envFrom may set GODEBUG");
    assertThat(container("envFrom: [{secretRef: {name: keys}}]").mayBeSetUnseen(NAMES))
        .get()
        .asString()
        .contains("Secret keys");
    assertThat(container("").mayBeSetUnseen(NAMES)).isEmpty();
  }

  @Test
  void aPrefixTellsWhatASourceCannotSet() {
    assertThat(
            container("envFrom: [{prefix: APP_, configMapRef: {name: settings}}]")
                .mayBeSetUnseen(NAMES))
        .isEmpty();
    assertThat(
            container("envFrom: [{prefix: GO, configMapRef: {name: settings}}]")
                .mayBeSetUnseen(NAMES))
        .isPresent();
  }

  @Test
  void aVariableThatEnvSetsAnywayIsNotReplacedUnseen() {
    var container =
        container("envFrom: [{configMapRef: {name: settings}}], env: [{name: GOGC, value: '20'}]");
    assertThat(container.mayBeSetUnseen(Set.of("GOGC"))).isEmpty();
  }

  @Test
  void aSidecarIsPatchedWhereItStandsAndAnInitContainerIsNot() {
    var deployment =
        deployment(
            """
            metadata: {name: checkout, namespace: shop, uid: 7d9f}
            spec:
              template:
                spec:
                  containers: [{name: checkout}]
                  initContainers: [{name: migrate}, {name: proxy, restartPolicy: Always}]
            """);
    assertThat(TemplateContainer.find(deployment, "checkout").orElseThrow().list())
        .isEqualTo("containers");
    assertThat(TemplateContainer.find(deployment, "migrate")).isEmpty();
    var sidecar = TemplateContainer.find(deployment, "proxy").orElseThrow();
    var patch = TemplateApply.patch(deployment, sidecar, new TreeMap<>(WANTED));
    assertThat(Serialization.unmarshal(patch, Deployment.class).getSpec().getTemplate().getSpec())
        .satisfies(
            spec -> {
              assertThat(spec.getContainers()).isEmpty();
              assertThat(spec.getInitContainers())
                  .containsExactly(
                      new ContainerBuilder()
                          .withName("proxy")
                          .addNewEnv()
                          .withName("GOGC")
                          .withValue("20")
                          .endEnv()
                          .build());
            });
    assertThat(TemplateApply.environment(patch)).isEqualTo(WANTED);
  }

  @Test
  void ofSeveralContainersOnlyTheOneThatLeaksIsPatched() {
    var deployment =
        deployment(
            """
            metadata: {name: checkout, namespace: shop, uid: 7d9f}
            spec:
              template:
                spec:
                  containers:
                  - {name: proxy, env: [{name: GOGC, value: '50'}]}
                  - {name: checkout}
                  - {name: logs, envFrom: [{configMapRef: {name: settings}}]}
            """);
    var leaking = TemplateContainer.find(deployment, "checkout").orElseThrow();
    assertThat(leaking.ownedBySomebody(WANTED)).as("what is set in another container").isEmpty();
    assertThat(leaking.mayBeSetUnseen(NAMES)).isEmpty();
    var patch = TemplateApply.patch(deployment, leaking, new TreeMap<>(WANTED));
    assertThat(Serialization.unmarshal(patch, Deployment.class).getSpec().getTemplate().getSpec())
        .satisfies(
            spec ->
                assertThat(spec.getContainers())
                    .singleElement()
                    .extracting(container -> container.getName())
                    .isEqualTo("checkout"));
    assertThat(TemplateContainer.find(deployment, "nobody")).isEmpty();
  }

  @Test
  void whatWeAppliedIsSeenWhileItStandsAndIsOurs() {
    assertThat(missing("{name: GOGC, value: '20'}", MANAGER)).isEmpty();
  }

  @Test
  void aValueThatSomebodyChangedAfterUsIsReported() {
    assertThat(missing("{name: GOGC, value: '50'}", "kubectl-edit"))
        .hasValue("somebody else changed GOGC in the pod template");
    assertThat(missing("{name: PORT, value: '80'}", MANAGER))
        .hasValue("somebody else took GOGC out of the pod template");
    assertThat(missing("{name: GOGC, value: '20'}", "helm"))
        .hasValue("GOGC in the pod template is not ours any more");
  }

  private static Optional<String> missing(String variable, String owner) {
    var deployment =
        deployment(
            """
            metadata:
              managedFields:
              - manager: OWNER
                operation: Apply
                apiVersion: apps/v1
                fieldsType: FieldsV1
                fieldsV1:
                  f:spec: {f:template: {f:spec: {f:containers: {
                    'k:{"name":"checkout"}': {f:env: {'k:{"name":"GOGC"}': {f:value: {}}}}}}}}
            spec: {template: {spec: {containers: [{name: checkout, env: [VARIABLE]}]}}}
            """
                .replace("OWNER", owner)
                .replace("VARIABLE", variable));
    return TemplateContainer.find(deployment, "checkout").orElseThrow().missing(WANTED, MANAGER);
  }

  private static TemplateContainer container(String settings) {
    var deployment =
        deployment(
            "metadata: {name: checkout}\nspec: {template: {spec: {containers: [{name: checkout, %s}]}}}"
                .formatted(settings));
    return TemplateContainer.find(deployment, "checkout").orElseThrow();
  }

  private static Deployment deployment(String yaml) {
    return Serialization.unmarshal(
        "apiVersion: apps/v1\nkind: Deployment\n" + yaml, Deployment.class);
  }
}

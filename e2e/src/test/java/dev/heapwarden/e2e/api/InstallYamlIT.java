package dev.heapwarden.e2e.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.rbac.ClusterRole;
import io.fabric8.kubernetes.api.model.rbac.PolicyRule;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.FieldValidateable.Validation;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** With {@code -Dheapwarden.generate=true} it writes install.yaml, which it otherwise checks. */
@Order(0)
class InstallYamlIT {
  @Test
  void installYamlIsWhatTheChartRenders() throws IOException, InterruptedException {
    var rendered = render();
    if (Boolean.getBoolean("heapwarden.generate")) {
      Files.writeString(Manifests.INSTALL, rendered);
    }
    assertThat(Manifests.INSTALL).as("run: manifests/render").hasContent(rendered);
  }

  @Test
  @ExtendWith(ApiServer.class)
  void everyResourceIsAccepted(KubernetesClient client) throws IOException {
    try (var install = Files.newInputStream(Manifests.INSTALL)) {
      var resources = client.load(install).items();
      // In a fresh cluster it is not there, and even a dry run of what lives in it needs it.
      resources.stream()
          .filter(Namespace.class::isInstance)
          .forEach(
              namespace ->
                  client
                      .resource(namespace)
                      .fieldManager("kubectl")
                      .forceConflicts()
                      .serverSideApply());
      assertThat(resources)
          .isNotEmpty()
          .allSatisfy(
              resource ->
                  client
                      .resource(resource)
                      .dryRun()
                      .fieldValidation(Validation.STRICT)
                      .fieldManager("kubectl")
                      .forceConflicts()
                      .serverSideApply());
    }
  }

  @Test
  @ExtendWith(ApiServer.class)
  void aClusterThatOnlyDiagnosesGrantsNoPermissionToAct(KubernetesClient client)
      throws IOException, InterruptedException {
    assertThat(actions(client, render("--set", "maxLevel=1"))).isEmpty();
    assertThat(actions(client, render("--set", "maxLevel=2"))).containsExactly("pods");
    assertThat(actions(client, render("--set", "maxLevel=3")))
        .containsExactly("pods", "deployments", "deployments/scale");
  }

  /** What the operator may change outside Heapwarden's own resources, Events apart. */
  private static List<String> actions(KubernetesClient client, String manifest) {
    var bytes = manifest.getBytes(StandardCharsets.UTF_8);
    return client.load(new ByteArrayInputStream(bytes)).items().stream()
        .filter(resource -> resource.getMetadata().getName().equals("heapwarden-operator"))
        .filter(ClusterRole.class::isInstance)
        .flatMap(role -> ((ClusterRole) role).getRules().stream())
        .filter(rule -> !rule.getApiGroups().contains("heapwarden.dev"))
        .filter(rule -> !List.of("get", "list", "watch").containsAll(rule.getVerbs()))
        .map(PolicyRule::getResources)
        .flatMap(List::stream)
        .filter(resource -> !resource.equals("events"))
        .toList();
  }

  private static String render(String... arguments) throws IOException, InterruptedException {
    var script = Manifests.ROOT.resolve("manifests/render").toString();
    var command = new ArrayList<>(List.of(script, "-"));
    command.addAll(List.of(arguments));
    var process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as("exit code of manifests/render").isZero();
    return output;
  }
}

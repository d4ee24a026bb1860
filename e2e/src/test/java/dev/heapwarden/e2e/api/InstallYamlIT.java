package dev.heapwarden.e2e.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.FieldValidateable.Validation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** With {@code -Dheapwarden.generate=true} it writes the manifests that it otherwise checks. */
@Order(0)
class InstallYamlIT {
  @TempDir Path directory;

  @ParameterizedTest
  @ValueSource(strings = {"install.yaml", "uninstall.yaml"})
  void theManifestIsWhatTheChartRenders(String name) throws IOException, InterruptedException {
    var committed = Manifests.INSTALL.resolveSibling(name);
    var rendered = render(directory.resolve(name));
    if (Boolean.getBoolean("heapwarden.generate")) {
      Files.writeString(committed, rendered);
    }
    assertThat(committed).as("run: manifests/render").hasContent(rendered);
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

  private static String render(Path file) throws IOException, InterruptedException {
    var script = Manifests.ROOT.resolve("manifests/render").toString();
    var process = new ProcessBuilder(script, file.toString()).inheritIO().start();
    assertThat(process.waitFor()).as("exit code of manifests/render").isZero();
    return Files.readString(file);
  }
}

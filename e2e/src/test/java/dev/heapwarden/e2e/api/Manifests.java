package dev.heapwarden.e2e.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The manifests of the source tree, and those of the tests. */
final class Manifests {
  static final Path ROOT = Path.of(System.getProperty("heapwarden.root"));
  static final Path INSTALL = ROOT.resolve("manifests/install.yaml");
  private static final Pattern DOCUMENT_END = Pattern.compile("^---$", Pattern.MULTILINE);

  private Manifests() {}

  /** The YAML files of a directory, at least one. */
  static List<Path> in(String directory) throws IOException {
    try (var files = Files.list(ROOT.resolve(directory))) {
      var yaml = files.filter(file -> file.toString().endsWith(".yaml")).sorted().toList();
      assertThat(yaml).as(directory).isNotEmpty();
      return yaml;
    }
  }

  /**
   * The resources of a file, read without our records: they would complete or refuse what the API
   * server is to complete or refuse.
   */
  static List<GenericKubernetesResource> resources(Path file) throws IOException {
    return Stream.of(DOCUMENT_END.split(Files.readString(file)))
        .filter(document -> document.lines().anyMatch(Manifests::isContent))
        .map(document -> Serialization.unmarshal(document, GenericKubernetesResource.class))
        .toList();
  }

  private static boolean isContent(String line) {
    return !line.isBlank() && !line.startsWith("#");
  }
}

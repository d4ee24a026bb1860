package dev.heapwarden.e2e.chart;

import dev.heapwarden.e2e.scenario.Helm;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.rbac.ClusterRole;
import io.fabric8.kubernetes.api.model.rbac.Role;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The chart and what it renders. */
final class Chart {
  static final Path ROOT = Path.of(System.getProperty("heapwarden.root"));
  static final Path DIRECTORY = ROOT.resolve("manifests/chart");
  private static final Pattern DOCUMENT_END = Pattern.compile("^---$", Pattern.MULTILINE);

  private static final KubernetesSerialization YAML = new KubernetesSerialization();

  private Chart() {}

  /** Everything that is committed as rendered: what is installed, and what uninstalls it. */
  static List<HasMetadata> committed() {
    return Stream.of("install.yaml", "uninstall.yaml")
        .map(file -> ROOT.resolve("manifests").resolve(file))
        .flatMap(file -> resources(read(file)).stream())
        .toList();
  }

  static List<HasMetadata> resources(String yaml) {
    return Stream.of(DOCUMENT_END.split(yaml))
        .filter(document -> document.lines().anyMatch(line -> !line.matches("\\s*(#.*)?")))
        .<HasMetadata>map(document -> YAML.unmarshal(document))
        .toList();
  }

  /** What Helm makes of it, hooks included, in the namespace elsewhere. */
  static List<HasMetadata> template(String... arguments) {
    var command =
        new ArrayList<>(
            List.of("template", "heapwarden", DIRECTORY.toString(), "--namespace", "elsewhere"));
    command.addAll(List.of(arguments));
    return resources(helm("helm").run(command.toArray(String[]::new)));
  }

  /**
   * @param script helm or helm3
   */
  static Helm helm(String script) {
    return new Helm(ROOT.resolve("e2e").resolve(script));
  }

  /** What the roles of this kind and name grant. */
  static Set<Permission> granted(
      List<HasMetadata> resources, Class<? extends HasMetadata> kind, String name) {
    return resources.stream()
        .filter(kind::isInstance)
        .filter(role -> role.getMetadata().getName().equals(name))
        .flatMap(Chart::rules)
        .collect(Collectors.toSet());
  }

  private static Stream<Permission> rules(HasMetadata role) {
    return switch (role) {
      case ClusterRole cluster -> cluster.getRules().stream().flatMap(Permission::of);
      case Role namespaced -> namespaced.getRules().stream().flatMap(Permission::of);
      default -> throw new IllegalArgumentException("not a role: " + role.getKind());
    };
  }

  static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

package dev.heapwarden.operator.respond.action;

import static java.util.stream.Collectors.joining;

import dev.heapwarden.crds.Api;
import dev.heapwarden.operator.api.ManagedFields;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvFromSource;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.ManagedFieldsEntry;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A container of a pod template that runs as long as its pod, and what its environment is made of.
 *
 * @param deployment whose template it is
 * @param list where it stands in the pod's spec: containers, or initContainers for a sidecar
 */
record TemplateContainer(Deployment deployment, String list, Container container) {
  /** Empty too for an init container that runs to its end: it is no place for a leak. */
  static Optional<TemplateContainer> find(Deployment deployment, String name) {
    var template = deployment.getSpec().getTemplate().getSpec();
    var sidecars =
        orEmpty(template.getInitContainers()).stream()
            .filter(container -> "Always".equals(container.getRestartPolicy()))
            .map(container -> new TemplateContainer(deployment, "initContainers", container));
    var containers =
        orEmpty(template.getContainers()).stream()
            .map(container -> new TemplateContainer(deployment, "containers", container));
    return Stream.concat(containers, sidecars)
        .filter(found -> found.name().equals(name))
        .findFirst();
  }

  String name() {
    return container.getName();
  }

  /**
   * Where a variable already has another value it is somebody's choice, whoever its field manager.
   */
  Optional<String> ownedBySomebody(Map<String, String> environment) {
    return orEmpty(container.getEnv()).stream()
        .filter(variable -> environment.containsKey(variable.getName()))
        .filter(variable -> !Objects.equals(environment.get(variable.getName()), value(variable)))
        .map(
            variable ->
                "Owned: %s is already set to another value in the pod template, by %s"
                    .formatted(variable.getName(), managers(variable.getName())))
        .findFirst();
  }

  /** Who owns a variable, for people. */
  private String managers(String variable) {
    var managers =
        owners(variable).stream()
            .map(ManagedFieldsEntry::getManager)
            .distinct()
            .collect(joining(", "));
    return managers.isEmpty() ? "somebody" : "field manager " + managers;
  }

  /**
   * Why a ConfigMap or Secret may have set one of these variables already: a variable of env
   * replaces one of envFrom without a word, and nothing here may read its keys.
   */
  Optional<String> mayBeSetUnseen(Set<String> names) {
    var open = new HashSet<>(names);
    open.removeAll(set(names));
    return orEmpty(container.getEnvFrom()).stream()
        .flatMap(
            source ->
                open.stream()
                    .filter(
                        name -> name.startsWith(Objects.requireNonNullElse(source.getPrefix(), "")))
                    .sorted()
                    .limit(1)
                    .map(
                        name ->
                            "Owned: %s of envFrom may set %s, and a variable in env would replace it unseen"
                                .formatted(nameOf(source), name)))
        .findFirst();
  }

  /** A variable that the template sets, by value or reference. */
  Optional<EnvVar> variable(String name) {
    return orEmpty(container.getEnv()).stream()
        .filter(variable -> variable.getName().equals(name))
        .findFirst();
  }

  /** Those of the names that the template sets, by value or reference. */
  List<String> set(Set<String> names) {
    return orEmpty(container.getEnv()).stream()
        .map(EnvVar::getName)
        .filter(names::contains)
        .toList();
  }

  /**
   * A variable of the template.
   *
   * @param manager that applied it
   */
  record Applied(String manager, String value) {}

  /** A variable that the response to an incident applied; empty where somebody else did. */
  Optional<Applied> setByAnIncident(String name) {
    return variable(name)
        .flatMap(variable -> Optional.ofNullable(value(variable)))
        .flatMap(
            value ->
                owners(name, "f:value").stream()
                    .map(ManagedFieldsEntry::getManager)
                    .filter(manager -> manager.startsWith(Api.FIELD_MANAGER_PREFIX))
                    .map(manager -> new Applied(manager, value))
                    .findFirst());
  }

  /** What of the environment is not there as this manager applied it, or empty. */
  Optional<String> missing(Map<String, String> environment, String manager) {
    return environment.entrySet().stream()
        .flatMap(wanted -> missing(wanted.getKey(), wanted.getValue(), manager).stream())
        .sorted()
        .findFirst();
  }

  private Optional<String> missing(String name, String wanted, String manager) {
    var live = variable(name);
    if (live.isEmpty()) {
      return Optional.of("somebody else took %s out of the pod template".formatted(name));
    }
    if (!wanted.equals(value(live.get()))) {
      return Optional.of("somebody else changed %s in the pod template".formatted(name));
    }
    boolean ours =
        owners(name, "f:value").stream().anyMatch(entry -> ManagedFields.isApplyBy(entry, manager));
    return ours
        ? Optional.empty()
        : Optional.of("%s in the pod template is not ours any more".formatted(name));
  }

  /**
   * Who owns a variable.
   *
   * @param field of it; none for any
   */
  private List<ManagedFieldsEntry> owners(String variable, String... field) {
    var path =
        Stream.of(
            "f:spec", "f:template", "f:spec", "f:" + list, key(name()), "f:env", key(variable));
    return ManagedFields.owners(
        deployment, Stream.concat(path, Stream.of(field)).toArray(String[]::new));
  }

  /** As FieldsV1 names an item of a list. */
  private static String key(String name) {
    return "k:{\"name\":\"%s\"}".formatted(name);
  }

  private static @Nullable String value(EnvVar variable) {
    return variable.getValueFrom() == null ? variable.getValue() : null;
  }

  private static String nameOf(EnvFromSource source) {
    if (source.getConfigMapRef() != null) {
      return "ConfigMap " + source.getConfigMapRef().getName();
    }
    return source.getSecretRef() == null ? "a source" : "Secret " + source.getSecretRef().getName();
  }

  private static <T> List<T> orEmpty(@Nullable List<T> list) {
    return list == null ? List.of() : list;
  }
}

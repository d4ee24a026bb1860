package dev.heapwarden.operator.respond.action;

import dev.heapwarden.operator.api.ManagedFields;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ManagedFieldsEntry;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Who keeps a workload as it is declared in Git: what is changed in the cluster is drift there, and
 * may be set back at any moment. So people change it where it is declared.
 *
 * @param tool for people
 * @param sign by which it was recognised
 */
record Keeper(String tool, String sign) {
  private static final String ARGO = "Argo CD";
  private static final String FLUX = "Flux";

  /** argo-cd v3 common/common.go, AnnotationKeyAppInstance. */
  private static final String ARGO_ANNOTATION = "argocd.argoproj.io/tracking-id";

  /**
   * What its documentation has people set as the label to track by (argocd-cm, instanceLabelKey).
   */
  private static final String ARGO_LABEL = "argocd.argoproj.io/instance";

  /** Of fluxcd kustomize-controller and helm-controller v1: labels of what they apply. */
  private static final Set<String> FLUX_LABELS =
      Set.of("kustomize.toolkit.fluxcd.io/name", "helm.toolkit.fluxcd.io/name");

  /** Field managers, by server-side apply and by client-side apply. */
  private static final Map<String, String> MANAGERS =
      Map.of(
          "argocd-controller", ARGO,
          "argocd-application-controller", ARGO,
          "kustomize-controller", FLUX,
          "helm-controller", FLUX);

  /** Helm keeps nothing by itself: what a chart sets comes back with the next upgrade. */
  private static final String HELM = "helm";

  static Optional<Keeper> of(HasMetadata object) {
    var metadata = object.getMetadata();
    return Stream.of(
            signs(metadata.getAnnotations(), "annotation", Set.of(ARGO_ANNOTATION), ARGO),
            signs(metadata.getLabels(), "label", Set.of(ARGO_LABEL), ARGO),
            signs(metadata.getLabels(), "label", FLUX_LABELS, FLUX),
            managers(object))
        .flatMap(found -> found)
        .findFirst();
  }

  /** Whether somebody declares what this field manager set, and sets it again. */
  static boolean declares(ManagedFieldsEntry entry) {
    return "Apply".equals(entry.getOperation())
        || HELM.equals(entry.getManager())
        || MANAGERS.containsKey(entry.getManager());
  }

  private static Stream<Keeper> signs(
      @Nullable Map<String, String> marks, String what, Set<String> names, String tool) {
    return marks == null
        ? Stream.of()
        : names.stream()
            .filter(marks::containsKey)
            .sorted()
            .map(name -> new Keeper(tool, "%s %s: %s".formatted(what, name, marks.get(name))));
  }

  private static Stream<Keeper> managers(HasMetadata object) {
    return ManagedFields.owners(object).stream()
        .map(ManagedFieldsEntry::getManager)
        .filter(Objects::nonNull)
        .filter(MANAGERS::containsKey)
        .sorted()
        .map(
            manager ->
                new Keeper(
                    Objects.requireNonNull(MANAGERS.get(manager)), "field manager " + manager));
  }

  /** Why people change it themselves. */
  String reason() {
    return "Owned: %s keeps it as it is declared in Git (%s)".formatted(tool, sign);
  }
}

package dev.heapwarden.crds.watch;

import io.fabric8.kubernetes.client.dsl.AnyNamespaceOperation;
import io.fabric8.kubernetes.client.dsl.MixedOperation;
import io.fabric8.kubernetes.client.dsl.Resource;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The namespaces that an installation watches and has permissions in.
 *
 * @param names empty for all of the cluster
 */
public record WatchedNamespaces(Set<String> names) {
  public WatchedNamespaces {
    names = Set.copyOf(names);
  }

  /** Reads a list such as {@code shop,billing}; an empty text is all namespaces. */
  public static WatchedNamespaces parse(String text) {
    return new WatchedNamespaces(
        Stream.of(text.split(",", -1))
            .map(String::trim)
            .filter(name -> !name.isEmpty())
            .collect(Collectors.toSet()));
  }

  public boolean all() {
    return names.isEmpty();
  }

  /** The one request that reaches these resources, or one for each namespace. */
  public <T, L, R extends Resource<T>> List<AnyNamespaceOperation<T, L, R>> of(
      MixedOperation<T, L, R> resources) {
    return all()
        ? List.of(resources.inAnyNamespace())
        : names.stream()
            .sorted()
            .<AnyNamespaceOperation<T, L, R>>map(resources::inNamespace)
            .toList();
  }
}

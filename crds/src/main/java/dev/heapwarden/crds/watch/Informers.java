package dev.heapwarden.crds.watch;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.dsl.Informable;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import io.fabric8.kubernetes.client.informers.cache.Cache;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * One view of the resources of some namespaces. It starts at once, tries for ever, and may lag
 * behind.
 */
public final class Informers<T extends HasMetadata> implements AutoCloseable {
  private static final long NO_RESYNC = 0;

  private final List<SharedIndexInformer<T>> parts;

  private Informers(List<SharedIndexInformer<T>> parts) {
    this.parts = List.copyOf(parts);
  }

  /** Starts watching, and tells the handler of every change. */
  public static <T extends HasMetadata> Informers<T> start(
      Collection<? extends Informable<T>> requests, ResourceEventHandler<T> handler) {
    var informers =
        new Informers<T>(
            requests.stream().map(request -> request.runnableInformer(NO_RESYNC)).toList());
    for (var part : informers.parts) {
      part.addEventHandler(handler);
      part.exceptionHandler((_, _) -> true);
      var _ = part.start();
    }
    return informers;
  }

  /** Whether everything has been read at least once. */
  public boolean synced() {
    return parts.stream().allMatch(SharedIndexInformer::hasSynced);
  }

  /** Whether every part is still trying. */
  public boolean alive() {
    return parts.stream().allMatch(SharedIndexInformer::isRunning);
  }

  public List<T> list() {
    return parts.stream().flatMap(part -> part.getStore().list().stream()).toList();
  }

  public Stream<T> inNamespace(String namespace) {
    return parts.stream()
        .flatMap(part -> part.getIndexer().byIndex(Cache.NAMESPACE_INDEX, namespace).stream());
  }

  public Optional<T> get(String namespace, String name) {
    return parts.stream()
        .flatMap(part -> Stream.ofNullable(part.getStore().getByKey(namespace + "/" + name)))
        .findFirst();
  }

  @Override
  public void close() {
    parts.forEach(SharedIndexInformer::stop);
  }
}

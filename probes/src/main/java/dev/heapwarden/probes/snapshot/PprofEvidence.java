package dev.heapwarden.probes.snapshot;

import dev.heapwarden.crds.snapshot.MemorySnapshotStatus.Artifact.Source;
import dev.heapwarden.probes.endpoint.EndpointClient;
import dev.heapwarden.probes.endpoint.EndpointException;
import dev.heapwarden.probes.target.Endpoint;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;

/** Profiles that a Go program offers by net/http/pprof. Only the pod's own address is dialled. */
final class PprofEvidence {
  static final Duration DEADLINE = Duration.ofSeconds(60);

  private final ArtifactStore store;
  private final EndpointClient client = new EndpointClient();

  PprofEvidence(ArtifactStore store) {
    this.store = store;
  }

  /** Whether the policy names where to ask. */
  static boolean named(Order order) {
    return !(order.target().container().offers().pprof() instanceof Endpoint.NotNamed);
  }

  /**
   * Fetches one profile.
   *
   * @param question below /debug/pprof/, such as heap?gc=1
   * @param file name of the artefact
   */
  Evidence take(Order order, String question, String file)
      throws IOException, InterruptedException {
    return switch (order.target().container().offers().pprof()) {
      case Endpoint.NotNamed() -> new Evidence.Refused("the policy names no pprof port");
      case Endpoint.Refused(var reason) -> new Evidence.Refused(reason);
      case Endpoint.OfAnother(var port, var container) ->
          new Evidence.Refused("port %d is that of container %s".formatted(port, container));
      case Endpoint.At at -> fetch(order.owner(), at.uri().resolve(question), file);
    };
  }

  private Evidence fetch(ArtifactStore.Owner owner, URI uri, String file)
      throws IOException, InterruptedException {
    try {
      // The store has a quota of its own.
      return client.get(
          uri,
          "*/*",
          new EndpointClient.Bounds(DEADLINE, Long.MAX_VALUE),
          body -> Evidence.Taken.of(store.store(owner, file, body), Source.PPROF));
    } catch (EndpointException refusal) {
      return new Evidence.Failed(uri.getPath() + ": " + refusal.getMessage());
    }
  }
}

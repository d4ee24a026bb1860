package dev.heapwarden.probes.snapshot;

import dev.heapwarden.crds.snapshot.MemorySnapshotStatus.Artifact.Source;
import dev.heapwarden.probes.endpoint.EndpointClient;
import dev.heapwarden.probes.endpoint.EndpointException;
import dev.heapwarden.probes.target.Endpoint;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** Profiles that a Go program offers by net/http/pprof. Only the pod's own address is dialled. */
final class PprofEvidence {
  static final Duration DEADLINE = Duration.ofSeconds(60);

  private static final String NO_SAMPLES = "sampling period=0\n";

  /** Its name, the cycles of a second, the period. */
  private static final int HEAD = 200;

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

  /**
   * Fetches the profile of its mutexes, unless it is empty because the program counts none.
   *
   * @param file name of the artefact
   */
  Evidence mutexes(Order order, String file) throws IOException, InterruptedException {
    return order.target().container().offers().pprof() instanceof Endpoint.At at
            && !countsMutexes(at.uri())
        ? new Evidence.Refused(
            "the program samples no mutexes: it does not call runtime.SetMutexProfileFraction")
        : take(order, "mutex?debug=0", file);
  }

  /** Says so itself in the head of the profile as text (Go 1.26, src/runtime/pprof/pprof.go). */
  private boolean countsMutexes(URI uri) throws IOException, InterruptedException {
    try {
      return client.get(
          uri.resolve("mutex?debug=1"),
          "*/*",
          new EndpointClient.Bounds(DEADLINE, ArtifactStore.LIMIT),
          body -> !new String(body.readNBytes(HEAD), StandardCharsets.UTF_8).contains(NO_SAMPLES));
    } catch (EndpointException _) {
      // Asking for the profile itself tells why it does not answer.
      return true;
    }
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

package dev.heapwarden.probes.snapshot;

import dev.heapwarden.crds.snapshot.MemorySnapshotStatus.Artifact.Source;
import dev.heapwarden.probes.target.Pprof;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Profiles that a Go program offers by net/http/pprof. Only the pod's own address is dialled. */
final class PprofEvidence {
  private static final Logger LOG = LoggerFactory.getLogger(PprofEvidence.class);
  private static final Duration CONNECT = Duration.ofSeconds(5);
  static final Duration DEADLINE = Duration.ofSeconds(60);

  private final ArtifactStore store;
  private final HttpClient client =
      HttpClient.newBuilder()
          .connectTimeout(CONNECT)
          .followRedirects(HttpClient.Redirect.NEVER)
          .proxy(HttpClient.Builder.NO_PROXY)
          .build();

  PprofEvidence(ArtifactStore store) {
    this.store = store;
  }

  /** Whether the policy names where to ask. */
  static boolean named(Order order) {
    return !(order.target().container().pprof() instanceof Pprof.NotNamed);
  }

  /**
   * Fetches one profile.
   *
   * @param question below /debug/pprof/, such as heap?gc=1
   * @param file name of the artefact
   */
  Evidence take(Order order, String question, String file)
      throws IOException, InterruptedException {
    return switch (order.target().container().pprof()) {
      case Pprof.NotNamed() -> new Evidence.Refused("the policy names no pprof port");
      case Pprof.Refused(var reason) -> new Evidence.Refused(reason);
      case Pprof.At(var host, var port) ->
          fetch(
              order.owner(),
              URI.create("http://%s:%d/debug/pprof/%s".formatted(host, port, question)),
              file);
    };
  }

  private Evidence fetch(ArtifactStore.Owner owner, URI uri, String file)
      throws IOException, InterruptedException {
    var request = HttpRequest.newBuilder(uri).timeout(DEADLINE).build();
    var response = client.send(request, HttpResponse.BodyHandlers.ofInputStream());
    try (var body = response.body()) {
      if (response.statusCode() != 200) {
        return new Evidence.Failed(uri.getPath() + " answered " + response.statusCode());
      }
      // The request's own timeout ends with the headers: a body that never ends is closed.
      var late =
          CompletableFuture.runAsync(
              () -> close(body),
              CompletableFuture.delayedExecutor(DEADLINE.toSeconds(), TimeUnit.SECONDS));
      try {
        return Evidence.Taken.of(store.store(owner, file, body), Source.PPROF);
      } finally {
        late.cancel(false);
      }
    }
  }

  private static void close(InputStream body) {
    try {
      body.close();
    } catch (IOException alreadyClosed) {
      LOG.debug("body was closed", alreadyClosed);
    }
  }
}

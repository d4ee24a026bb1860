package dev.heapwarden.e2e.respond;

import dev.heapwarden.operator.respond.KubernetesIncidents;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.time.InstantSource;

/** The response to one leak, in a process of its own that is killed at any moment. */
final class KilledOperator {
  private static final Duration BETWEEN_ROUNDS = Duration.ofMillis(200);

  private KilledOperator() {}

  /**
   * Goes on with the response until it is killed.
   *
   * @param arguments where the API server answers; the leak's namespace
   */
  public static void main(String[] arguments) throws InterruptedException {
    endWithTheParent();
    var client = FaultyApiServer.client(arguments[0]);
    var leak = new RecordedLeak(client, new Shop(client, arguments[1]));
    var store = new KubernetesIncidents(client);
    var response = Responses.of(client, store, InstantSource.system());
    while (true) {
      try {
        response.advance(leak.incident(), store.policy(arguments[1], "checkout"));
      } catch (KubernetesClientException _) {
        // As in the reconciler: what a round could not do is left to the next.
      }
      Thread.sleep(BETWEEN_ROUNDS);
    }
  }

  /** Nobody else would end it where the one that kills was killed itself. */
  private static void endWithTheParent() {
    var parent = ProcessHandle.current().parent().orElseThrow();
    var _ = parent.onExit().thenRun(() -> Runtime.getRuntime().halt(1));
  }
}

package dev.heapwarden.e2e.respond;

import dev.heapwarden.operator.evaluate.Assessment;
import dev.heapwarden.operator.respond.KubernetesIncidents;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** The response to one leak, in a process of its own that is killed at any moment. */
final class KilledOperator {
  private static final Duration BETWEEN_ROUNDS = Duration.ofMillis(200);

  private KilledOperator() {}

  /**
   * Goes on with the response until it is killed.
   *
   * @param arguments where the API server answers; the leak's namespace; by how much the clock is
   *     ahead, ISO 8601
   */
  public static void main(String[] arguments) throws InterruptedException {
    endWithTheParent();
    var client = FaultyApiServer.client(arguments[0]);
    var shop = new Shop(client, arguments[1]);
    var leak = new RecordedLeak(client, shop);
    var store = new KubernetesIncidents(client);
    var clock = Clock.offset(Clock.systemUTC(), Duration.parse(arguments[2]));
    var response = Responses.of(client, (_, _) -> leaking(shop), store, clock);
    while (true) {
      try {
        response.advance(leak.incident(), store.policy(arguments[1], "checkout"));
      } catch (KubernetesClientException _) {
        // As in the reconciler: what a round could not do is left to the next.
      }
      Thread.sleep(BETWEEN_ROUNDS);
    }
  }

  /** All of the Deployment's leak, as detection would say that looked at this moment. */
  private static List<Assessment> leaking(Shop shop) {
    return shop.pods(Map.of("app", "checkout")).stream()
        .map(pod -> Leak.seenIn(pod, "checkout"))
        .toList();
  }

  /** Nobody else would end it where the one that kills was killed itself. */
  private static void endWithTheParent() {
    var parent = ProcessHandle.current().parent().orElseThrow();
    var _ = parent.onExit().thenRun(() -> Runtime.getRuntime().halt(1));
  }
}

package dev.heapwarden.e2e.respond;

import dev.heapwarden.crds.incident.LeakIncident;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/**
 * Writes again and again to everything that a response to the leak of a shop's checkout writes to:
 * labels and annotations, as many programs do, and to the incident's finding what detection sees
 * now. All that the response had read is out of date after it.
 */
final class OtherWriter implements AutoCloseable {
  private static final Duration PAUSE = Duration.ofSeconds(2);

  /**
   * Passes between two writes to the incident. A round of the response behind a faulty API server
   * takes seconds, and writes only what nobody changed since it began.
   */
  private static final int PASSES = 10;

  private static final PatchContext MERGE = PatchContext.of(PatchType.JSON_MERGE);

  private final Shop shop;
  private final Thread thread;
  private final AtomicInteger writes = new AtomicInteger();

  /** Begins at once. */
  OtherWriter(Shop shop) {
    this.shop = shop;
    this.thread = Thread.ofVirtual().start(this::write);
  }

  private void write() {
    try {
      for (int pass = 0; true; pass++) {
        try {
          objects();
          if (pass % PASSES == PASSES - 1) {
            incidents();
          }
        } catch (KubernetesClientException _) {
          // Its etcd is dead for the moment, or the object gone.
        }
        Thread.sleep(PAUSE);
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private void objects() {
    var objects =
        Stream.<Stream<? extends HasMetadata>>of(
                Stream.of(shop.deployment()),
                shop.pods(Map.of("team", "till")).stream(),
                shop.autoscalers().stream())
            .flatMap(kind -> kind)
            .toList();
    objects.forEach(this::note);
  }

  private void incidents() {
    var incidents = shop.client().resources(LeakIncident.class).inNamespace(shop.namespace());
    var finding = Map.of("finding", Map.of("at", Instant.now().toString()));
    for (var incident : incidents.list().getItems()) {
      note(incident);
      incidents
          .withName(incident.getMetadata().getName())
          .subresource("status")
          .patch(MERGE, Serialization.asJson(Map.of("status", finding)));
      writes.incrementAndGet();
    }
  }

  private void note(HasMetadata object) {
    var noted = Map.of("noted", "n" + writes);
    var change = Map.of("metadata", Map.of("labels", noted, "annotations", noted));
    shop.client().resource(object).patch(MERGE, Serialization.asJson(change));
    writes.incrementAndGet();
  }

  /** How often it wrote. */
  int writes() {
    return writes.get();
  }

  @Override
  public void close() {
    thread.interrupt();
  }
}

package dev.heapwarden.e2e.respond;

import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;

/** Tests that each open a shop of their own; it is closed after them. */
abstract class InAShop {
  static final Duration SOON = Shop.SOON;

  final KubernetesClient client;
  private Optional<Shop> opened = Optional.empty();

  InAShop(KubernetesClient client) {
    this.client = client;
  }

  @AfterEach
  void close() {
    opened.ifPresent(Shop::close);
  }

  Shop open(String namespace, String kind, String env) {
    return keep(Shop.open(client, namespace, kind, env));
  }

  /** See {@link Shop#openFragile}. */
  Shop openFragile(String namespace) {
    return keep(Shop.openFragile(client, namespace));
  }

  private Shop keep(Shop shop) {
    opened = Optional.of(shop);
    return shop;
  }
}

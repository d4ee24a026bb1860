package dev.heapwarden.crds.watch;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class WatchedNamespacesTest {
  @Test
  void nothingNamedIsTheWholeCluster() {
    assertThat(WatchedNamespaces.parse("").all()).isTrue();
    assertThat(WatchedNamespaces.parse("shop, billing").names())
        .containsExactlyInAnyOrder("shop", "billing");
  }
}

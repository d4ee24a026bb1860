package dev.heapwarden.e2e.respond;

import java.net.URI;
import java.util.List;
import java.util.Optional;

/** A request that changes something in a namespace. */
record Write(String method, URI address, String body) {
  /** With its subresource, such as pods/eviction; empty for what is in no namespace. */
  Optional<String> resource() {
    var path = List.of(address.getPath().split("/"));
    int at = path.indexOf("namespaces") + 2;
    if (at < 2 || at >= path.size()) {
      return Optional.empty();
    }
    return Optional.of(at + 2 < path.size() ? path.get(at) + "/" + path.get(at + 2) : path.get(at));
  }

  /** Whether the API server is only asked what would come of it. */
  boolean isRehearsal() {
    return String.valueOf(address.getQuery()).contains("dryRun")
        || body.contains("\"dryRun\":[\"All\"]");
  }
}

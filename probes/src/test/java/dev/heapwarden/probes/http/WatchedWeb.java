package dev.heapwarden.probes.http;

import dev.heapwarden.detection.sample.Attachment;
import dev.heapwarden.detection.sample.ContainerKey;
import dev.heapwarden.detection.sample.ContainerState;
import dev.heapwarden.detection.sample.RuntimeKind;
import java.time.Instant;
import java.util.List;

/** A container that an agent watches, with one probe. */
final class WatchedWeb {
  static final ContainerKey KEY = new ContainerKey("shop", "web-1", "uid", "web", "id");

  private WatchedWeb() {}

  static ContainerState state(Attachment.State state) {
    return new ContainerState(
        KEY,
        "policy",
        RuntimeKind.GO,
        "go1.26.8",
        Instant.EPOCH,
        List.of(new Attachment("GoGc", state, state == Attachment.State.ATTACHED ? null : "why")));
  }
}

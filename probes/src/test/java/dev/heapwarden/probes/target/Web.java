package dev.heapwarden.probes.target;

import dev.heapwarden.crds.policy.RuntimeChoice;
import dev.heapwarden.detection.sample.Attachment;
import dev.heapwarden.detection.sample.ContainerKey;
import dev.heapwarden.detection.sample.ContainerState;
import dev.heapwarden.detection.sample.RuntimeKind;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** A container of a pod that a policy selects. */
public final class Web {
  public static final ContainerKey KEY = key("id");

  private Web() {}

  /** The same container, started anew under another id. */
  public static ContainerKey key(String containerId) {
    return new ContainerKey("shop", "web-1", "uid", "web", containerId);
  }

  public static WatchedContainer watched() {
    return watched(KEY, Offers.none());
  }

  public static WatchedContainer watched(ContainerKey key, Offers offers) {
    return new WatchedContainer(
        key, "policy", RuntimeChoice.AUTO, Duration.ofSeconds(15), Instant.EPOCH, offers, 0.01);
  }

  /** The same under another budget. */
  public static WatchedContainer allowing(WatchedContainer container, double overheadBudget) {
    return new WatchedContainer(
        container.key(),
        container.policy(),
        container.choice(),
        container.interval(),
        container.startedAt(),
        container.offers(),
        overheadBudget);
  }

  /** With one probe. */
  public static ContainerState state(Attachment.State state) {
    return new ContainerState(
        KEY,
        "policy",
        RuntimeKind.GO,
        "go1.26.8",
        Instant.EPOCH,
        List.of(new Attachment("GoGc", state, state == Attachment.State.ATTACHED ? null : "why")),
        null);
  }
}

package dev.heapwarden.detection.sample;

import java.time.Instant;
import java.util.List;

/**
 * What an agent knows of a container that it watches.
 *
 * @param runtimeVersion such as go1.26.8; empty when unknown
 * @param policy name of the MemoryPolicy, in the container's namespace, that selected it
 */
public record ContainerState(
    ContainerKey container,
    String policy,
    RuntimeKind runtime,
    String runtimeVersion,
    Instant startedAt,
    List<Attachment> attachments) {
  public ContainerState {
    attachments = List.copyOf(attachments);
  }
}

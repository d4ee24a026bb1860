package dev.heapwarden.detection.sample;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What an agent knows of a container that it watches.
 *
 * @param runtimeVersion such as go1.26.8; empty when unknown
 * @param policy name of the MemoryPolicy, in the container's namespace, that selected it
 * @param overhead what watching cost it in the last minute, as a share of the larger of its CPU
 *     time and 10 millicores; null while that is not known
 */
public record ContainerState(
    ContainerKey container,
    String policy,
    RuntimeKind runtime,
    String runtimeVersion,
    Instant startedAt,
    List<Attachment> attachments,
    @Nullable Double overhead) {
  public ContainerState {
    attachments = List.copyOf(attachments);
  }
}

package dev.heapwarden.detection.sample;

/**
 * One life of one container: a restarted container is another one.
 *
 * @param containerId the runtime's id without its scheme, such as 64 hex digits of containerd
 */
public record ContainerKey(
    String namespace, String pod, String podUid, String container, String containerId) {}

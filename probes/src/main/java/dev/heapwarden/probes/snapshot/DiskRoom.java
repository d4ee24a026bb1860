package dev.heapwarden.probes.snapshot;

import dev.heapwarden.probes.jvm.DumpPlace;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What the disk of the artefacts has free beyond what the kubelet keeps free, below which it evicts
 * pods.
 */
record DiskRoom(Path root) {
  /** The kernel's ENOSPC, as the C library words it. */
  private static final String FULL = "No space left on device";

  /**
   * Asks whether there is room.
   *
   * @param size in bytes
   * @throws ArtifactStore.NoRoom when there is not
   */
  void check(long size) throws IOException {
    Files.createDirectories(root);
    long free = DumpPlace.free(root);
    if (free < size) {
      throw new ArtifactStore.NoRoom(
          "the node's disk has %d MiB free beyond what the kubelet keeps free, and it may need %d"
              .formatted(Math.max(0, free) >> 20, Math.ceilDiv(size, 1 << 20)));
    }
  }

  /** What is written to it is refused as soon as the room is used up. */
  OutputStream bounded(OutputStream output) {
    long free = Math.max(0, DumpPlace.free(root));
    return new BoundedOutput(
        output,
        free,
        () ->
            new ArtifactStore.NoRoom(
                "the node's disk has %d KiB free beyond what the kubelet keeps free, and it needs more"
                    .formatted(free >> 10)));
  }

  /** What came of writing, told by its reason where others took the last of the disk meanwhile. */
  static IOException failure(IOException failure) {
    return String.valueOf(failure.getMessage()).contains(FULL)
        ? new ArtifactStore.NoRoom("the node's disk is full: " + failure.getMessage())
        : failure;
  }
}

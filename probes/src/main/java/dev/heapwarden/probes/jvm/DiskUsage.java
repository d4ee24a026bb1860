package dev.heapwarden.probes.jvm;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Set;

/**
 * What the files of a directory of a container take, at most: the kubelet counts blocks on the disk
 * (Kubernetes 1.35, pkg/volume/util/fs), of which a file with holes has fewer. The container may
 * change it meanwhile; no link leads out of it. What is mounted below it is another volume's.
 */
final class DiskUsage {
  private static final long BLOCK = 4096;

  /** Whoever fills a volume with small files does not keep the agent busy with them. */
  private static final int ENTRIES = 100_000;

  private static final int DEPTH = 64;

  private final Set<Path> mountPoints;
  private int entries;

  private DiskUsage(Set<Path> mountPoints) {
    this.mountPoints = mountPoints;
  }

  /**
   * Counts.
   *
   * @param root of the container, from the agent's view
   * @param path absolute, in the container
   * @param mounts of the container
   * @return bytes
   * @throws IOException when there is no such directory, or too much in it
   */
  static long of(Path root, Path path, Mounts mounts) throws IOException {
    try (var directory = Held.below(root, path)) {
      return new DiskUsage(mounts.points()).below(directory, path, 0);
    } catch (DirectoryIteratorException failure) {
      throw failure.getCause();
    }
  }

  private long below(Held directory, Path path, int depth) throws IOException {
    if (depth > DEPTH) {
      throw new IOException("its directories are too deep");
    }
    long bytes = 0;
    try (var files = Files.newDirectoryStream(directory.path())) {
      for (var file : files) {
        var inContainer = path.resolve(file.getFileName());
        bytes += mountPoints.contains(inContainer) ? 0 : bytes(file, inContainer, depth);
      }
    }
    return bytes;
  }

  private long bytes(Path file, Path inContainer, int depth) throws IOException {
    if (++entries > ENTRIES) {
      throw new IOException("it has more than " + ENTRIES + " files");
    }
    try {
      var attributes =
          Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
      return attributes.isDirectory()
          ? ofDirectory(file, inContainer, depth)
          : blocks(attributes.size());
    } catch (NoSuchFileException _) {
      // Deleted meanwhile.
      return 0;
    }
  }

  private long ofDirectory(Path file, Path inContainer, int depth) throws IOException {
    try (var directory = Held.directory(file)) {
      return BLOCK + below(directory, inContainer, depth + 1);
    }
  }

  private static long blocks(long bytes) {
    return Math.ceilDiv(bytes, BLOCK) * BLOCK;
  }
}

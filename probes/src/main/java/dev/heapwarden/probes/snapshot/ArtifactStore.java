package dev.heapwarden.probes.snapshot;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * The artefacts on this node, readable by its root only: they may hold what the programs hold. A
 * file is whole or absent, also after a crash: it is written beside its place, forced to disk and
 * renamed.
 */
final class ArtifactStore {
  /** No artefact is larger. */
  static final long LIMIT = 64L << 20;

  private final Path root;

  ArtifactStore(Path root) {
    this.root = root;
  }

  /**
   * A stored artefact.
   *
   * @param size in bytes
   * @param sha256 in hex
   */
  record Stored(Path path, long size, String sha256) {}

  /**
   * Stores an artefact of a snapshot.
   *
   * @throws IOException when the content cannot be read or written, or has more than 64 MiB
   */
  Stored store(String namespace, String snapshot, String file, InputStream content)
      throws IOException {
    var directory =
        Files.createDirectories(
            root.resolve(namespace).resolve(snapshot),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    var path = directory.resolve(file);
    var unfinished =
        Files.createTempFile(
            directory,
            "." + file,
            ".part",
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    try {
      var digest = MessageDigest.getInstance("SHA-256");
      long size = copy(content, unfinished, digest);
      Files.move(
          unfinished, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      force(directory);
      return new Stored(path, size, HexFormat.of().formatHex(digest.digest()));
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException(impossible);
    } finally {
      Files.deleteIfExists(unfinished);
    }
  }

  private static long copy(InputStream content, Path file, MessageDigest digest)
      throws IOException {
    long size = 0;
    try (var out = FileChannel.open(file, StandardOpenOption.WRITE)) {
      var chunk = new byte[64 * 1024];
      for (int read = content.read(chunk); read >= 0; read = content.read(chunk)) {
        size += read;
        if (size > LIMIT) {
          throw new IOException("it has more than " + LIMIT + " bytes");
        }
        digest.update(chunk, 0, read);
        var bytes = ByteBuffer.wrap(chunk, 0, read);
        while (bytes.hasRemaining()) {
          out.write(bytes);
        }
      }
      out.force(true);
    }
    return size;
  }

  private static void force(Path directory) throws IOException {
    try (var channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }
}

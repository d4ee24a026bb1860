package dev.heapwarden.probes.snapshot;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** A file as it is written: its size and its SHA-256. */
final class DigestedFile extends OutputStream {
  private final FileChannel file;
  private final MessageDigest digest;
  private long size;

  /**
   * @param path of a file that is there
   */
  DigestedFile(Path path) throws IOException {
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException(impossible);
    }
    file = FileChannel.open(path, StandardOpenOption.WRITE);
  }

  @Override
  public void write(int one) throws IOException {
    write(new byte[] {(byte) one}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    size += length;
    digest.update(bytes, offset, length);
    var left = ByteBuffer.wrap(bytes, offset, length);
    while (left.hasRemaining()) {
      file.write(left);
    }
  }

  /** Sees to it that it is on the disk. */
  void force() throws IOException {
    file.force(true);
  }

  long size() {
    return size;
  }

  /** In hex; asked for once. */
  String sha256() {
    return HexFormat.of().formatHex(digest.digest());
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}

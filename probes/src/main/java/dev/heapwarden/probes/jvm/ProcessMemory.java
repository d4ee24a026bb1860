package dev.heapwarden.probes.jvm;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * The memory of a process, read through /proc/PID/mem (proc(5)): it is not stopped and nothing is
 * written, so what is read may change meanwhile.
 */
final class ProcessMemory implements Closeable {
  private final FileChannel file;

  private ProcessMemory(FileChannel file) {
    this.file = file;
  }

  /**
   * Opens it.
   *
   * @param directory of the process in /proc
   */
  static ProcessMemory of(Path directory) throws IOException {
    return new ProcessMemory(FileChannel.open(directory.resolve("mem"), StandardOpenOption.READ));
  }

  /**
   * Reads exactly {@code length} bytes, little-endian.
   *
   * @throws IOException when they are not all there, or the process ended
   */
  ByteBuffer read(long address, int length) throws IOException {
    if (address <= 0 || address > Long.MAX_VALUE - length) {
      throw new IOException("no address in a process: 0x%x".formatted(address));
    }
    var bytes = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
    while (bytes.hasRemaining()) {
      if (file.read(bytes, address + bytes.position()) <= 0) {
        throw new IOException("the process has ended");
      }
    }
    return bytes.flip();
  }

  long word(long address) throws IOException {
    return read(address, Long.BYTES).getLong(0);
  }

  int half(long address) throws IOException {
    return read(address, Integer.BYTES).getInt(0);
  }

  /** Whether this text and the NUL that ends it lie there. */
  boolean holds(long address, String text) throws IOException {
    var bytes = (text + '\0').getBytes(StandardCharsets.US_ASCII);
    for (int i = 0; i < bytes.length; i++) {
      // Byte by byte: what is shorter may lie at the end of what can be read.
      if (read(address + i, 1).get(0) != bytes[i]) {
        return false;
      }
    }
    return true;
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}

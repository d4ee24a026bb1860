package dev.heapwarden.probes.target;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;

/**
 * The memory of a process, read piece by piece through /proc/PID/mem (proc(5)): nothing is written
 * and the process is not stopped, so what is read may change meanwhile. An open one stays with the
 * memory it was opened on: when the process ends or executes another program there is nothing left
 * to read, whoever gets its pid.
 */
public final class ProcessMemory implements Closeable {
  /** Of all reads together. */
  static final long BYTES_LIMIT = 512L << 20;

  /** Of all reads together. */
  static final Duration TIME_LIMIT = Duration.ofSeconds(30);

  /** Of one read: a list of a million pointers. */
  private static final int READ_LIMIT = 8 << 20;

  /** User space of x86-64 with four levels of page tables; Documentation/arch/x86/x86_64/mm.rst. */
  private static final long USER_SPACE_END = 1L << 47;

  /** Where the bytes come from. */
  public interface Source extends Closeable {
    /** Reads into what remains of a buffer; returns how many bytes, or -1 for the end. */
    int read(ByteBuffer into, long address) throws IOException;
  }

  private final Source source;
  private final long deadline;
  private long bytesLeft;

  /**
   * Reads within limits.
   *
   * @param bytes of all reads together
   * @param time from now to the last read
   */
  public ProcessMemory(Source source, long bytes, Duration time) {
    this.source = source;
    bytesLeft = bytes;
    deadline = System.nanoTime() + time.toNanos();
  }

  /**
   * Opens the memory of a process.
   *
   * @param directory of the process, such as /proc/17
   */
  public static ProcessMemory of(Path directory) throws IOException {
    return of(directory, BYTES_LIMIT, TIME_LIMIT);
  }

  /**
   * The same within limits.
   *
   * @param bytes of all reads together
   * @param time from now to the last read
   */
  public static ProcessMemory of(Path directory, long bytes, Duration time) throws IOException {
    var file = FileChannel.open(directory.resolve("mem"), StandardOpenOption.READ);
    return new ProcessMemory(
        new Source() {
          @Override
          public int read(ByteBuffer into, long address) throws IOException {
            return file.read(into, address);
          }

          @Override
          public void close() throws IOException {
            file.close();
          }
        },
        bytes,
        time);
  }

  /**
   * Reads exactly {@code length} bytes, little-endian.
   *
   * @throws MemoryException when there is no such memory, or a limit was reached: the message says
   *     which
   */
  public ByteBuffer read(long address, long length) throws MemoryException {
    if (length < 0 || length > READ_LIMIT || address <= 0 || address > USER_SPACE_END - length) {
      throw new MemoryException("no place to read", null);
    }
    bytesLeft -= length;
    if (bytesLeft < 0) {
      throw new MemoryException("the limit of bytes to be read is reached", null);
    }
    if (System.nanoTime() - deadline > 0) {
      throw new MemoryException("the limit of time to read is reached", null);
    }
    var buffer = ByteBuffer.allocate((int) length).order(ByteOrder.LITTLE_ENDIAN);
    try {
      while (buffer.hasRemaining()) {
        if (source.read(buffer, address + buffer.position()) <= 0) {
          throw new MemoryException("the process has ended", null);
        }
      }
    } catch (MemoryException ended) {
      throw ended;
    } catch (IOException absent) {
      throw new MemoryException("no memory where some should be", absent);
    }
    return buffer.flip();
  }

  /** Whether no more is read, because one of the limits is reached. */
  public boolean exhausted() {
    return bytesLeft < 0 || System.nanoTime() - deadline > 0;
  }

  public long word(long address) throws MemoryException {
    return read(address, Long.BYTES).getLong(0);
  }

  public int half(long address) throws MemoryException {
    return read(address, Integer.BYTES).getInt(0);
  }

  /** Whether this text and the NUL that ends it lie there. */
  public boolean holds(long address, String text) throws MemoryException {
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
    source.close();
  }
}

package dev.heapwarden.probes.go;

import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.zip.InflaterInputStream;

/**
 * A section of DWARF, read from its start to its end: it may be compressed, and larger than what a
 * reader has room for.
 *
 * <p>Layouts: System V ABI, "Section Compression" (Elf64_Chdr), and DWARF 5, section 7.6 (LEB128).
 */
final class DebugStream implements Closeable {
  private static final int CHDR_SIZE = 24;
  private static final int ELFCOMPRESS_ZLIB = 1;
  private static final int NAME_LIMIT = 4096;
  private static final int LEB128_LIMIT = 63;

  private final InputStream in;
  private final long limit;
  private long position;

  private DebugStream(InputStream in, long limit) {
    this.in = in;
    this.limit = limit;
  }

  /**
   * Opens one.
   *
   * @param limit bytes at which reading ends with an exception
   */
  static DebugStream open(ElfFile elf, ElfFile.Section section, long limit) throws IOException {
    if (!section.compressed()) {
      return new DebugStream(
          new BufferedInputStream(elf.stream(section.offset(), section.size())), limit);
    }
    var header = elf.read(section.offset(), CHDR_SIZE);
    if (header.getInt(0) != ELFCOMPRESS_ZLIB) {
      throw new BinaryFormatException(section.name() + " is compressed by another means than zlib");
    }
    return new DebugStream(
        new BufferedInputStream(
            new InflaterInputStream(
                elf.stream(section.offset() + CHDR_SIZE, section.size() - CHDR_SIZE))),
        limit);
  }

  /** Bytes read so far. */
  long position() {
    return position;
  }

  /** The next byte; -1 at the end. */
  int next() throws IOException {
    int value = in.read();
    if (value >= 0 && ++position > limit) {
      throw new BinaryFormatException("more than " + limit + " bytes of debugging information");
    }
    return value;
  }

  int u8() throws IOException {
    int value = next();
    if (value < 0) {
      throw new EOFException("debugging information ends early");
    }
    return value;
  }

  int u16() throws IOException {
    return u8() | u8() << 8;
  }

  /** Little-endian. */
  long unsigned(int bytes) throws IOException {
    long value = 0;
    for (int i = 0; i < bytes; i++) {
      value |= (long) u8() << (8 * i);
    }
    return value;
  }

  long uleb() throws IOException {
    long value = 0;
    for (int shift = 0; shift <= LEB128_LIMIT; shift += 7) {
      int part = u8();
      value |= (part & 0x7fL) << shift;
      if ((part & 0x80) == 0) {
        return value;
      }
    }
    throw new BinaryFormatException("a number has no end");
  }

  /** As far as 4,096 bytes; what is longer is cut. */
  String string() throws IOException {
    var bytes = new byte[NAME_LIMIT];
    int length = 0;
    for (int letter = u8(); letter != 0; letter = u8()) {
      if (length < bytes.length) {
        bytes[length++] = (byte) letter;
      }
    }
    return new String(bytes, 0, length, StandardCharsets.UTF_8);
  }

  void skip(long bytes) throws IOException {
    if (bytes < 0 || bytes > limit - position) {
      throw new BinaryFormatException("debugging information leads outside itself");
    }
    in.skipNBytes(bytes);
    position += bytes;
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}

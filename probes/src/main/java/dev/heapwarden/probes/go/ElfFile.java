package dev.heapwarden.probes.go;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A little-endian ELF64 file, read piece by piece: nothing is mapped, so that a file that shrinks
 * under the reader is an exception and not a signal.
 *
 * <p>Layouts: System V ABI, "Object Files" (Elf64_Ehdr, Elf64_Phdr, Elf64_Shdr), as in Linux {@code
 * include/uapi/linux/elf.h}.
 */
public final class ElfFile implements Closeable {
  private static final int EHDR_SIZE = 64;
  private static final int PHDR_SIZE = 56;
  private static final int SHDR_SIZE = 64;
  private static final int ET_DYN = 3;
  private static final int PT_LOAD = 1;
  private static final int PF_X = 1;
  private static final int PF_W = 2;
  private static final int SHT_NOBITS = 8;
  private static final long SHF_COMPRESSED = 1 << 11;

  /** Go and C linkers write a few dozen; a file with more is not read further. */
  private static final int HEADERS_LIMIT = 4096;

  private static final int NAME_LIMIT = 4096;

  /**
   * One section.
   *
   * @param type {@code sh_type}
   * @param address where it is in memory, before relocation
   * @param offset of its bytes in the file
   * @param size in bytes
   * @param link index of the section it refers to: a symbol table's names
   * @param compressed whether its bytes are, as only debugging information's may be
   */
  public record Section(
      String name, int type, long address, long offset, long size, int link, boolean compressed) {}

  /**
   * A part of the file that is loaded: {@code size} bytes from {@code offset} to {@code address},
   * where zeros follow until it takes {@code memory} bytes.
   *
   * @param flags {@code p_flags}
   */
  private record Segment(long address, long offset, long size, long memory, int flags) {
    boolean holds(long at) {
      return at >= address && at - address < size;
    }

    boolean takes(long at) {
      return at >= address && at - address < memory;
    }

    boolean may(int flag) {
      return (flags & flag) != 0;
    }
  }

  private final FileChannel file;
  private final int machine;
  private final boolean positionIndependent;
  private final List<Segment> segments;
  private final List<Section> sections;

  private ElfFile(FileChannel file) throws IOException {
    this.file = file;
    var header = read(0, EHDR_SIZE);
    if (header.getInt(0) != 0x464c457f || header.get(4) != 2 || header.get(5) != 1) {
      throw new BinaryFormatException("not a little-endian ELF64 file");
    }
    machine = Short.toUnsignedInt(header.getShort(18));
    positionIndependent = header.getShort(16) == ET_DYN;
    segments = segments(header.getLong(32), Short.toUnsignedInt(header.getShort(56)));
    sections =
        sections(
            header.getLong(40),
            Short.toUnsignedInt(header.getShort(60)),
            Short.toUnsignedInt(header.getShort(62)));
  }

  /**
   * Opens a file and reads its headers.
   *
   * @throws BinaryFormatException when it is not an ELF64 file or its headers lead outside it
   */
  public static ElfFile open(Path path) throws IOException {
    var channel = FileChannel.open(path, StandardOpenOption.READ);
    try {
      return new ElfFile(channel);
    } catch (IOException | RuntimeException unreadable) {
      channel.close();
      throw unreadable;
    }
  }

  /** {@code e_machine}. */
  public int machine() {
    return machine;
  }

  /** Whether the addresses in the file are moved when it is loaded. */
  public boolean positionIndependent() {
    return positionIndependent;
  }

  /** Address that the first loadable segment asks for; 0 without one. */
  public long firstLoadAddress() {
    return segments.isEmpty() ? 0 : segments.getFirst().address();
  }

  /** Where in the file the byte is that is loaded to an address; empty when none is. */
  public OptionalLong offsetOf(long address) {
    return segments.stream()
        .filter(segment -> segment.holds(address))
        .mapToLong(segment -> segment.offset() + (address - segment.address()))
        .findFirst();
  }

  /** The address that a byte of the file is loaded to; empty when it is not loaded. */
  public OptionalLong addressOf(long offset) {
    return segments.stream()
        .filter(segment -> offset >= segment.offset() && offset - segment.offset() < segment.size())
        .mapToLong(segment -> segment.address() + (offset - segment.offset()))
        .findFirst();
  }

  /** Whether code is loaded to an address. */
  boolean executable(long address) {
    return segments.stream().anyMatch(segment -> segment.may(PF_X) && segment.holds(address));
  }

  /** Whether a variable may be at an address, also one that has no bytes in the file. */
  boolean writable(long address) {
    return segments.stream().anyMatch(segment -> segment.may(PF_W) && segment.takes(address));
  }

  /** {@link #read} of what is loaded to an address, with its words as the loader relocates them. */
  ByteBuffer readAt(long address, int length) throws IOException {
    var bytes = read(offsetAt(address), length);
    Relocations.apply(this, address, bytes);
    return bytes;
  }

  /** {@link #offsetOf}, of an address at which something must be. */
  long offsetAt(long address) throws BinaryFormatException {
    return offsetOf(address)
        .orElseThrow(
            () ->
                new BinaryFormatException(
                    "nothing is loaded to address 0x" + Long.toHexString(address)));
  }

  /** The first section of that name that has bytes in the file. */
  public Optional<Section> section(String name) {
    return sections.stream()
        .filter(section -> section.name().equals(name) && section.type() != SHT_NOBITS)
        .findFirst();
  }

  /** The first section of that name that takes memory, also one that has no bytes in the file. */
  Optional<Section> loaded(String name) {
    return sections.stream()
        .filter(section -> section.name().equals(name) && section.address() != 0)
        .findFirst();
  }

  /** The section that {@link Section#link} names. */
  Section linked(Section section) throws BinaryFormatException {
    if (section.link() <= 0 || section.link() >= sections.size()) {
      throw new BinaryFormatException("section " + section.name() + " links outside the file");
    }
    return sections.get(section.link());
  }

  /**
   * Reads exactly {@code length} bytes.
   *
   * @throws BinaryFormatException when they are not all in the file
   */
  byte[] bytes(long offset, int length) throws IOException {
    long size = file.size();
    if (offset < 0 || length < 0 || offset > size - length) {
      throw new BinaryFormatException(
          "wanted " + length + " bytes at " + offset + " of a file of " + size);
    }
    var bytes = new byte[length];
    var buffer = ByteBuffer.wrap(bytes);
    while (buffer.hasRemaining()) {
      if (file.read(buffer, offset + buffer.position()) < 0) {
        throw new BinaryFormatException("the file shrank while it was read");
      }
    }
    return bytes;
  }

  /** {@link #bytes}, but fewer at the end of the file. */
  byte[] bytesUpTo(long offset, int most) throws IOException {
    return bytes(offset, (int) Math.min(most, file.size() - offset));
  }

  /** {@link #bytes} for reading numbers from. */
  public ByteBuffer read(long offset, int length) throws IOException {
    return ByteBuffer.wrap(bytes(offset, length)).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** So many bytes one after the other; fewer where the file ends. */
  InputStream stream(long offset, long length) {
    return new InputStream() {
      private long at = offset;

      @Override
      public int read() throws IOException {
        var one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : Byte.toUnsignedInt(one[0]);
      }

      @Override
      public int read(byte[] into, int from, int most) throws IOException {
        long left = offset + length - at;
        if (left <= 0) {
          return -1;
        }
        int read = file.read(ByteBuffer.wrap(into, from, (int) Math.min(most, left)), at);
        at += Math.max(read, 0);
        return read;
      }
    };
  }

  /** Reads a NUL-terminated string of at most 4,096 bytes that must end before {@code end}. */
  String string(long offset, long end) throws IOException {
    int window = 64;
    while (true) {
      int length = (int) Math.min(window, end - offset);
      if (length <= 0) {
        throw new BinaryFormatException("a name lies outside its table");
      }
      var bytes = bytes(offset, length);
      for (int i = 0; i < bytes.length; i++) {
        if (bytes[i] == 0) {
          return new String(bytes, 0, i, StandardCharsets.UTF_8);
        }
      }
      if (length < window || window >= NAME_LIMIT) {
        throw new BinaryFormatException("a name has no end within " + length + " bytes");
      }
      window *= 4;
    }
  }

  @Override
  public void close() throws IOException {
    file.close();
  }

  private List<Segment> segments(long offset, int count) throws IOException {
    var loaded = new ArrayList<Segment>();
    for (int i = 0; i < Math.min(count, HEADERS_LIMIT); i++) {
      var header = read(offset + (long) i * PHDR_SIZE, PHDR_SIZE);
      if (header.getInt(0) == PT_LOAD) {
        loaded.add(
            new Segment(
                header.getLong(16),
                header.getLong(8),
                header.getLong(32),
                header.getLong(40),
                header.getInt(4)));
      }
    }
    return List.copyOf(loaded);
  }

  private List<Section> sections(long offset, int count, int names) throws IOException {
    if (count == 0) {
      return List.of();
    }
    if (count > HEADERS_LIMIT || names >= count) {
      throw new BinaryFormatException("section headers: " + count + ", names in " + names);
    }
    var headers = read(offset, count * SHDR_SIZE);
    long namesAt = headers.getLong(names * SHDR_SIZE + 24);
    long namesEnd = namesAt + headers.getLong(names * SHDR_SIZE + 32);
    var read = new ArrayList<Section>(count);
    for (int i = 0; i < count; i++) {
      int at = i * SHDR_SIZE;
      long name = namesAt + Integer.toUnsignedLong(headers.getInt(at));
      read.add(
          new Section(
              i == 0 ? "" : string(name, namesEnd),
              headers.getInt(at + 4),
              headers.getLong(at + 16),
              headers.getLong(at + 24),
              headers.getLong(at + 32),
              headers.getInt(at + 40),
              (headers.getLong(at + 8) & SHF_COMPRESSED) != 0));
    }
    return List.copyOf(read);
  }
}

package dev.heapwarden.probes.jvm;

import dev.heapwarden.probes.go.ElfFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * The static probes (USDT) of a libjvm that tell of its collections: instructions that do nothing,
 * and registers that hold then what is told. A JDK has them that was configured with
 * --enable-dtrace. All of them take 50 KB of the file.
 *
 * <p>Notes as systemtap's includes/sys/sdt.h 4.8 writes them; probes as in JDK 17 and 25,
 * src/hotspot/os/posix/dtrace/hotspot.d, fired in src/hotspot/share/services/memoryManager.cpp
 * (gc_end) and gc/shared/gcVMOperations.cpp (notify_gc_begin, notify_gc_end).
 *
 * @param begins places in the file where a pause begins
 * @param ends where one ends
 * @param pools where a pool is told after a collection
 */
public record JvmProbes(List<Long> begins, List<Long> ends, List<Pool> pools) {
  /** Most places of one probe; compilers that inline make a few of one. */
  private static final int PLACES = 16;

  private static final long NOTES = 1 << 20;
  private static final int TYPE = 3;
  private static final String OWNER = "stapsdt";
  private static final String PROVIDER = "hotspot";

  /** Registers of x86-64 and arm64, 64 bits of them. */
  private static final Pattern REGISTER =
      Pattern.compile("-?8@(?:%r([a-d]x|[sd]i|[bs]p)|%(r(?:[89]|1[0-5]))|x([12]?[0-9]|30))");

  private static final byte NOP = (byte) 0x90;

  /** HINT #0 of the Arm A64 instruction set. */
  private static final int ARM_NOP = 0xd503201f;

  private static final int ARM = 183;

  public JvmProbes {
    begins = List.copyOf(begins);
    ends = List.copyOf(ends);
    pools = List.copyOf(pools);
  }

  /**
   * Where a pool is told, with registers as bpftrace names them.
   *
   * @param place in the file
   * @param manager address of the name of what collected
   * @param pool address of the pool's name
   * @param used bytes after the collection
   * @param most bytes that it can hold, -1 where there is no limit
   */
  public record Pool(long place, String manager, String pool, String used, String most) {}

  private record Note(String probe, long address, String arguments) {}

  /**
   * Reads them.
   *
   * @throws IOException when it has none, or others than are known
   */
  public static JvmProbes read(Path library) throws IOException {
    try (var elf = ElfFile.open(library)) {
      boolean symbols = elf.section(".symtab").isPresent();
      var begins = new ArrayList<Long>();
      var ends = new ArrayList<Long>();
      var pools = new ArrayList<Pool>();
      for (var note : notes(elf)) {
        long place = place(elf, note.address(), symbols);
        switch (note.probe()) {
          case "gc__begin" -> begins.add(place);
          case "gc__end" -> ends.add(place);
          default -> pools.add(pool(place, note.arguments()));
        }
      }
      for (var places : List.of(begins, ends, pools)) {
        if (places.isEmpty() || places.size() > PLACES) {
          throw new IOException(
              "its libjvm has %d places of a probe of collections, 1 to %d are known"
                  .formatted(places.size(), PLACES));
        }
      }
      return new JvmProbes(begins, ends, pools);
    }
  }

  /** How many uprobes they are. */
  public int count() {
    return begins.size() + ends.size() + pools.size();
  }

  private static List<Note> notes(ElfFile elf) throws IOException {
    var section = elf.section(".note.stapsdt");
    var base = elf.section(".stapsdt.base");
    if (section.isEmpty() || base.isEmpty()) {
      throw new IOException("its libjvm was built without static probes");
    }
    if (section.get().size() > NOTES) {
      throw new IOException(
          "the notes of its libjvm are %d bytes, %d are read"
              .formatted(section.get().size(), NOTES));
    }
    var bytes = elf.read(section.get().offset(), (int) section.get().size());
    var notes = new ArrayList<Note>();
    while (bytes.remaining() >= 12) {
      int owner = padded(bytes.getInt());
      int size = bytes.getInt();
      int type = bytes.getInt();
      if (owner < 0 || size < 0 || (long) owner + padded(size) > bytes.remaining()) {
        throw new IOException("the notes of its libjvm contradict themselves");
      }
      var name = text(bytes.slice(bytes.position(), owner));
      var content = bytes.slice(bytes.position() + owner, size).order(ByteOrder.LITTLE_ENDIAN);
      bytes.position(bytes.position() + owner + padded(size));
      if (type == TYPE && name.equals(OWNER) && size >= 24) {
        note(content, base.get().address(), notes);
      }
    }
    return notes;
  }

  /** Adds a note of one of the probes that are wanted. */
  private static void note(ByteBuffer content, long base, List<Note> notes) throws IOException {
    long address = content.getLong() + base - content.getLong();
    long semaphore = content.getLong();
    if (!text(content).equals(PROVIDER)) {
      return;
    }
    var probe = text(content);
    if (List.of("gc__begin", "gc__end", "mem__pool__gc__end").contains(probe)) {
      if (semaphore != 0) {
        throw new IOException("the probes of its libjvm are switched on by a semaphore");
      }
      notes.add(new Note(probe, address, text(content)));
    }
  }

  /** As bpftrace takes it: an address where the file has symbols, else the offset. */
  private static long place(ElfFile elf, long address, boolean symbols) throws IOException {
    long offset =
        elf.offsetOf(address)
            .orElseThrow(() -> new IOException("a probe of its libjvm is outside of its code"));
    boolean nop =
        elf.machine() == ARM
            ? elf.read(offset, 4).getInt() == ARM_NOP
            : elf.read(offset, 1).get() == NOP;
    if (!nop) {
      throw new IOException("a probe of its libjvm is on an instruction that does something");
    }
    return symbols ? address : offset;
  }

  private static Pool pool(long place, String text) throws IOException {
    var arguments = text.split(" ", -1);
    if (arguments.length != 8) {
      throw new IOException("a probe of its libjvm tells %d figures".formatted(arguments.length));
    }
    return new Pool(
        place,
        register(arguments[0]),
        register(arguments[2]),
        register(arguments[5]),
        register(arguments[7]));
  }

  private static String register(String argument) throws IOException {
    var register = REGISTER.matcher(argument);
    if (!register.matches()) {
      throw new IOException("a probe of its libjvm tells a figure in no register");
    }
    return register.group(1) != null
        ? register.group(1)
        : register.group(2) != null ? register.group(2) : "r" + register.group(3);
  }

  private static int padded(int size) {
    return (size + 3) & -4;
  }

  /** Up to the next NUL, or the end. */
  private static String text(ByteBuffer bytes) {
    int start = bytes.position();
    int end = start;
    while (end < bytes.limit() && bytes.get(end) != 0) {
      end++;
    }
    var text = new byte[end - start];
    bytes.get(text);
    bytes.position(Math.min(bytes.limit(), end + 1));
    return new String(text, StandardCharsets.ISO_8859_1);
  }
}

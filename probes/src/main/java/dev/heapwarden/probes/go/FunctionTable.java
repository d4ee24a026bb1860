package dev.heapwarden.probes.go;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Go's own table of functions, {@code .gopclntab}: it survives stripping, since the runtime needs
 * it for stack traces. Only the header is held; a look-up reads some dozens of pieces of the file.
 *
 * <p>Layout: an entry of the table is {entry, offset}; at that offset lies a {@code _func} {entry,
 * name i32, args i32, deferreturn u32, pcsp u32, pcfile u32, pcln u32, npcdata u32, cuOffset u32},
 * since Go 1.20 followed by {startLine i32, funcID u8, flag u8, zero u8, nfuncdata u8, pcdata u32
 * each, funcdata u32 each}; src/runtime/runtime2.go.
 *
 * @param text address that entries count from, before relocation
 * @param module what the linker told the runtime; empty where it was not found
 */
record FunctionTable(TableHeader header, long text, Optional<ModuleData> module) {
  private static final int CHUNK_FUNCTIONS = 16 * 1024;
  private static final int WINDOW = 256 * 1024;

  /** {@code abi.PCDATA_InlTreeIndex} and {@code abi.FUNCDATA_InlTree}, src/internal/abi. */
  private static final int INLINED_INDEX = 2;

  private static final int INLINED_CALLS = 3;

  /** The compiler inlines a few levels. */
  private static final int DEPTH_LIMIT = 64;

  /**
   * The code of a function.
   *
   * @param address before relocation
   * @param length in bytes, until the next one begins
   */
  record Span(long address, long length) {}

  /**
   * Reads the header.
   *
   * @param textSymbol address of {@code runtime.text}, if the program has symbols
   * @throws BinaryFormatException when there is no such table, it is of an unknown layout, too
   *     large, or nothing tells what its entries count from: the message says which
   */
  static FunctionTable read(ElfFile elf, GoVersion release, Optional<Long> textSymbol)
      throws IOException {
    var header = TableHeader.find(elf);
    if (!header.layout().hasTextStart()) {
      return new FunctionTable(header, 0, Optional.empty());
    }
    var module = ModuleData.find(elf, header.address(), release);
    long text =
        module
            .map(ModuleData::text)
            .or(() -> textSymbol)
            .or(() -> Optional.of(header.textStart()).filter(start -> start != 0))
            .orElseThrow(() -> new BinaryFormatException("no module data leads to .gopclntab"));
    return new FunctionTable(header, text, module);
  }

  /**
   * The addresses, before relocation, of those of the functions that the program has.
   *
   * @throws BinaryFormatException when the table contradicts itself
   */
  Map<String, Long> addresses(ElfFile elf, Set<String> names) throws IOException {
    return spans(elf, names).entrySet().stream()
        .collect(
            Collectors.toUnmodifiableMap(Map.Entry::getKey, entry -> entry.getValue().address()));
  }

  /**
   * The same with their ends.
   *
   * @throws BinaryFormatException when the table contradicts itself
   */
  Map<String, Span> spans(ElfFile elf, Set<String> names) throws IOException {
    long namesEnd = header.unitsAt() > header.namesAt() ? header.unitsAt() : header.end();
    var offsets = Names.offsets(elf, header.namesAt(), namesEnd - header.namesAt(), names);
    var found = new HashMap<String, Span>();
    int width = header.layout().entrySize();
    ByteBuffer window = ByteBuffer.allocate(0);
    long windowAt = 0;
    long before = 0;
    for (long first = 0; first < header.functions(); first += CHUNK_FUNCTIONS) {
      int here = (int) Math.min(CHUNK_FUNCTIONS, header.functions() - first);
      // The entry behind the last function has the end of the text.
      var entries = elf.read(header.functionsAt() + first * 2 * width, (here * 2 + 1) * width);
      for (int i = 0; i < here; i++) {
        long function = functionAt(number(entries, (2 * i + 1) * width, width));
        if (function < before) {
          throw new BinaryFormatException("the functions of .gopclntab are not in order");
        }
        before = function;
        if (function + width + 4 > windowAt + window.limit()) {
          window = elf.read(function, (int) Math.min(WINDOW, header.end() - function));
          windowAt = function;
        }
        var name = offsets.get((long) window.getInt((int) (function - windowAt) + width));
        if (name != null) {
          long entry = number(entries, 2 * i * width, width);
          long next = number(entries, 2 * (i + 1) * width, width);
          found.putIfAbsent(name, new Span(text + entry, next - entry));
        }
      }
    }
    return Map.copyOf(found);
  }

  /**
   * The calls that an address, before relocation, is part of: first what was inlined there, last
   * the function that holds it. Empty when none does.
   *
   * @throws BinaryFormatException when the table contradicts itself
   */
  List<Frame> frames(ElfFile elf, long address) throws IOException {
    long entry = entryOf(elf, address);
    if (entry < 0) {
      return List.of();
    }
    int width = header.layout().entrySize();
    var pair = elf.read(header.functionsAt() + 2L * width * entry, 2 * width);
    long function = functionAt(number(pair, width, width));
    var fields = elf.read(function, width + 32);
    long distance = address - text - number(pair, 0, width);
    var frames = new ArrayList<Frame>();
    for (var call = inlined(elf, function, distance);
        call.isPresent() && frames.size() < DEPTH_LIMIT;
        call = inlined(elf, function, distance)) {
      frames.add(frame(elf, call.get().getInt(4), fields, distance));
      distance = Integer.toUnsignedLong(call.get().getInt(8));
    }
    frames.add(frame(elf, fields.getInt(width), fields, distance));
    return List.copyOf(frames);
  }

  /** Number of the function that holds an address; -1 when none does. */
  private long entryOf(ElfFile elf, long address) throws IOException {
    int width = header.layout().entrySize();
    long relative = address - text;
    if (header.functions() == 0 || relative < 0 || (width == 4 && relative > 0xffffffffL)) {
      return -1;
    }
    long low = -1;
    long high = header.functions() - 1;
    while (low < high) {
      long middle = low + (high - low + 1) / 2;
      var entry = elf.read(header.functionsAt() + 2L * width * middle, width);
      if (number(entry, 0, width) <= relative) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    return low;
  }

  private long functionAt(long offset) throws BinaryFormatException {
    long function = header.functionsAt() + offset;
    if (offset < 0 || function > header.end() - header.layout().entrySize() - 4) {
      throw new BinaryFormatException("a function lies outside .gopclntab");
    }
    return function;
  }

  private Frame frame(ElfFile elf, int name, ByteBuffer fields, long distance) throws IOException {
    int width = header.layout().entrySize();
    int file = value(elf, fields.getInt(width + 16), distance);
    int line = value(elf, fields.getInt(width + 20), distance);
    return new Frame(
        elf.string(header.namesAt() + name, header.end()),
        file < 0 ? "" : file(elf, Integer.toUnsignedLong(fields.getInt(width + 28)) + file),
        Math.max(line, 0));
  }

  /** Without its directories: where it was built is nobody's business. */
  private String file(ElfFile elf, long unit) throws IOException {
    int offset = elf.read(header.unitsAt() + 4 * unit, 4).getInt(0);
    if (offset == -1) {
      return "";
    }
    var path = elf.string(header.filesAt() + Integer.toUnsignedLong(offset), header.end());
    return path.substring(path.lastIndexOf('/') + 1);
  }

  private int value(ElfFile elf, int table, long distance) throws IOException {
    return table == 0
        ? PcTable.NONE
        : PcTable.value(
            elf,
            header.pcsAt() + Integer.toUnsignedLong(table),
            header.end(),
            header.quantum(),
            distance);
  }

  /**
   * What was inlined at a place: {@code inlinedCall} {funcID u8, zero, name i32, parentPc i32,
   * startLine i32}, src/runtime/symtabinl.go of Go 1.21 to 1.27; empty when nothing was, or for
   * other layouts.
   */
  private Optional<ByteBuffer> inlined(ElfFile elf, long function, long distance)
      throws IOException {
    if (header.layout() != TableHeader.Layout.GO_1_20 || module.isEmpty()) {
      return Optional.empty();
    }
    var fields = elf.read(function, 44);
    long tables = Integer.toUnsignedLong(fields.getInt(28));
    if (tables <= INLINED_INDEX || Byte.toUnsignedInt(fields.get(43)) <= INLINED_CALLS) {
      return Optional.empty();
    }
    long data = function + 44;
    int index = value(elf, elf.read(data + 4L * INLINED_INDEX, 4).getInt(0), distance);
    int calls = elf.read(data + 4 * (tables + INLINED_CALLS), 4).getInt(0);
    if (index < 0 || calls == -1) {
      return Optional.empty();
    }
    long tree = module.get().functionData() + Integer.toUnsignedLong(calls);
    return Optional.of(elf.readAt(tree + 16L * index, 16));
  }

  private static long number(ByteBuffer bytes, int at, int width) {
    return width == 4 ? Integer.toUnsignedLong(bytes.getInt(at)) : bytes.getLong(at);
  }
}

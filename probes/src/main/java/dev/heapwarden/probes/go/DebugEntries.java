package dev.heapwarden.probes.go;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The entries of {@code .debug_info}, one after the other, whatever they are within.
 *
 * <p>Layouts: DWARF 4 and 5, sections 7.5.1 (unit headers), 7.5.3 (abbreviations) and 7.5.5, 7.5.6
 * (forms). Go writes version 4 until 1.24 and 5 since.
 */
final class DebugEntries {
  private static final int NAME = 0x03;
  private static final int TYPE = 0x49;
  private static final int ABBREVIATIONS_LIMIT = 4 << 20;

  private static final int UNIT_TYPE = 2;
  private static final int UNIT_SKELETON = 4;
  private static final int UNIT_SPLIT_COMPILE = 5;
  private static final int UNIT_SPLIT_TYPE = 6;

  /**
   * One of them.
   *
   * @param offset of it in the section
   * @param tag what it describes
   * @param name empty where it has none, or one that is kept elsewhere
   * @param type offset of the entry of its type; -1 without one
   */
  record Entry(long offset, int tag, String name, long type) {}

  /** What is done with each. */
  interface Visitor {
    void see(Entry entry);
  }

  /**
   * Of what a kind of entry consists.
   *
   * @param attributes and their forms, in turn
   */
  private record Shape(int tag, List<long[]> attributes) {}

  private final DebugStream in;
  private final Map<Long, Map<Long, Shape>> shapes;
  private int addressSize;
  private int offsetSize;
  private int version;
  private long unit;

  private DebugEntries(DebugStream in, Map<Long, Map<Long, Shape>> shapes) {
    this.in = in;
    this.shapes = shapes;
  }

  /**
   * Visits all.
   *
   * @param limit bytes of the section that are read at most
   * @throws BinaryFormatException when it contradicts itself, is larger, or has forms that are not
   *     known
   */
  static void visit(ElfFile elf, ElfFile.Section info, long limit, Visitor visitor)
      throws IOException {
    var shapes = new HashMap<Long, Map<Long, Shape>>();
    var abbreviations =
        elf.section(".debug_abbrev")
            .orElseThrow(() -> new BinaryFormatException("no .debug_abbrev"));
    try (var in = DebugStream.open(elf, abbreviations, ABBREVIATIONS_LIMIT)) {
      readShapes(in, shapes);
    }
    try (var in = DebugStream.open(elf, info, limit)) {
      new DebugEntries(in, shapes).visit(visitor);
    }
  }

  private static void readShapes(DebugStream in, Map<Long, Map<Long, Shape>> tables)
      throws IOException {
    while (true) {
      long table = in.position();
      int first = in.next();
      if (first < 0) {
        return;
      }
      var shapes = new HashMap<Long, Shape>();
      for (long code = continued(in, first); code != 0; code = in.uleb()) {
        int tag = (int) in.uleb();
        in.u8();
        shapes.put(code, new Shape(tag, attributes(in)));
      }
      tables.put(table, shapes);
    }
  }

  /** A number whose first byte was read. */
  private static long continued(DebugStream in, int first) throws IOException {
    return (first & 0x80) == 0 ? first : (first & 0x7f) | in.uleb() << 7;
  }

  private static List<long[]> attributes(DebugStream in) throws IOException {
    var attributes = new ArrayList<long[]>();
    while (true) {
      long name = in.uleb();
      long form = in.uleb();
      if (form == Form.IMPLICIT_CONST) {
        in.uleb();
      }
      if (name == 0 && form == 0) {
        return attributes;
      }
      attributes.add(new long[] {name, form});
    }
  }

  private void visit(Visitor visitor) throws IOException {
    while (true) {
      unit = in.position();
      int first = in.next();
      if (first < 0) {
        return;
      }
      long length = first | in.unsigned(3) << 8;
      offsetSize = length == 0xffffffffL ? 8 : 4;
      length = offsetSize == 8 ? in.unsigned(8) : length;
      long end = in.position() + length;
      var table = header();
      while (in.position() < end) {
        entry(table, visitor);
      }
    }
  }

  private Map<Long, Shape> header() throws IOException {
    version = in.u16();
    if (version < 2 || version > 5) {
      throw new BinaryFormatException("DWARF of version " + version);
    }
    int kind = version == 5 ? in.u8() : 0;
    addressSize = version == 5 ? in.u8() : 0;
    long table = in.unsigned(offsetSize);
    addressSize = version == 5 ? addressSize : in.u8();
    if (kind == UNIT_SKELETON || kind == UNIT_SPLIT_COMPILE) {
      in.skip(8);
    } else if (kind == UNIT_TYPE || kind == UNIT_SPLIT_TYPE) {
      in.skip(8 + offsetSize);
    }
    var shapes = this.shapes.get(table);
    if (shapes == null) {
      throw new BinaryFormatException("a unit without abbreviations");
    }
    return shapes;
  }

  private void entry(Map<Long, Shape> table, Visitor visitor) throws IOException {
    long offset = in.position();
    long code = in.uleb();
    if (code == 0) {
      return;
    }
    var shape = table.get(code);
    if (shape == null) {
      throw new BinaryFormatException("an entry without an abbreviation");
    }
    String name = "";
    long type = -1;
    for (var attribute : shape.attributes()) {
      if (attribute[0] == NAME && attribute[1] == Form.STRING) {
        name = in.string();
      } else if (attribute[0] == TYPE) {
        type = reference(attribute[1]);
      } else {
        skip(attribute[1]);
      }
    }
    visitor.see(new Entry(offset, shape.tag(), name, type));
  }

  /** An offset in the section; -1 of what refers elsewhere. */
  private long reference(long form) throws IOException {
    if (form == Form.REF_ADDR) {
      return in.unsigned(version == 2 ? addressSize : offsetSize);
    }
    if (form == Form.REF_UDATA) {
      return unit + in.uleb();
    }
    int width = Form.referenceWidth(form);
    if (width > 0) {
      return unit + in.unsigned(width);
    }
    skip(form);
    return -1;
  }

  private void skip(long form) throws IOException {
    int width = Form.width(form, addressSize, offsetSize, version);
    if (width >= 0) {
      in.skip(width);
    } else if (form == Form.STRING) {
      in.string();
    } else if (Form.isNumber(form)) {
      in.uleb();
    } else if (form == Form.INDIRECT) {
      skip(in.uleb());
    } else {
      in.skip(Form.blockLength(form, in));
    }
  }
}

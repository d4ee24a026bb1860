package dev.heapwarden.probes.go;

import java.io.IOException;

/** How DWARF writes attributes: DW_FORM_*, DWARF 5, table 7.6. */
final class Form {
  static final long STRING = 0x08;
  static final long REF_ADDR = 0x10;
  static final long REF_UDATA = 0x15;
  static final long INDIRECT = 0x16;
  static final long IMPLICIT_CONST = 0x21;

  private static final int VARIES = -1;

  private Form() {}

  /** Bytes of a value; -1 where it says itself. */
  static int width(long form, int addressSize, int offsetSize, int version)
      throws BinaryFormatException {
    return switch ((int) form) {
      case 0x01 -> addressSize;
      case 0x19, 0x21 -> 0;
      case 0x0b, 0x0c, 0x11, 0x25, 0x29 -> 1;
      case 0x05, 0x12, 0x26, 0x2a -> 2;
      case 0x27, 0x2b -> 3;
      case 0x06, 0x13, 0x1c, 0x28, 0x2c -> 4;
      case 0x07, 0x14, 0x20, 0x24 -> 8;
      case 0x1e -> 16;
      case 0x10 -> version == 2 ? addressSize : offsetSize;
      case 0x0e, 0x17, 0x1d, 0x1f -> offsetSize;
      case 0x03, 0x04, 0x08, 0x09, 0x0a, 0x0d, 0x0f, 0x15, 0x16, 0x18, 0x1a, 0x1b, 0x22, 0x23 ->
          VARIES;
      default -> throw new BinaryFormatException("form 0x" + Long.toHexString(form));
    };
  }

  /** Bytes of a reference within its unit; 0 of another form. */
  static int referenceWidth(long form) {
    return switch ((int) form) {
      case 0x11 -> 1;
      case 0x12 -> 2;
      case 0x13 -> 4;
      case 0x14 -> 8;
      default -> 0;
    };
  }

  /** Whether it is one LEB128 number: sdata, udata, ref_udata, strx, addrx, loclistx, rnglistx. */
  static boolean isNumber(long form) {
    return switch ((int) form) {
      case 0x0d, 0x0f, 0x15, 0x1a, 0x1b, 0x22, 0x23 -> true;
      default -> false;
    };
  }

  /** Of a block, whose length comes first. */
  static long blockLength(long form, DebugStream in) throws IOException {
    return switch ((int) form) {
      case 0x0a -> in.u8();
      case 0x03 -> in.u16();
      case 0x04 -> in.unsigned(4);
      default -> in.uleb();
    };
  }
}

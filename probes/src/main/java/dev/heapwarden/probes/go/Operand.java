package dev.heapwarden.probes.go;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * How an instruction of amd64 refers to a variable: by its distance from the next instruction, a
 * ModRM byte with mod 00 and r/m 101 and 32 bits (Intel SDM, volume 2, 2.2.1.6).
 *
 * <p>Instructions are looked for at every byte, also within others: what is taken for one there may
 * lead anywhere, so that no single finding says anything.
 */
enum Operand {
  /** {@code mov r64, [variable]}. */
  WORD(0x8b, Long.BYTES, true),
  /** {@code mov r32, [variable]}. */
  HALF(0x8b, Integer.BYTES, false),
  /** {@code lea r64, [variable]}. */
  ADDRESS(0x8d, Long.BYTES, true);

  private static final int REX_W = 0x48;
  private static final int REX_WR = 0x4c;

  /** ModRM without the register: what is left is mod and r/m. */
  private static final int MODE = 0xc7;

  private static final int RELATIVE = 0x05;

  /** Opcode, ModRM and distance. */
  private static final int LENGTH = 6;

  private final int opcode;
  private final int alignment;
  private final boolean wide;

  Operand(int opcode, int alignment, boolean wide) {
    this.opcode = opcode;
    this.alignment = alignment;
    this.wide = wide;
  }

  static Operand named(String name) {
    return valueOf(name.toUpperCase(Locale.ROOT));
  }

  /**
   * What code refers to in this way, aligned as variables are.
   *
   * @param start address of its first byte
   */
  List<Long> addresses(byte[] code, long start) {
    var addresses = new ArrayList<Long>();
    for (int at = 1; at <= code.length - LENGTH; at++) {
      if (begins(code, at)) {
        long address = start + at + LENGTH + distance(code, at + 2);
        if (address % alignment == 0) {
          addresses.add(address);
        }
      }
    }
    return addresses;
  }

  private boolean begins(byte[] code, int at) {
    int prefix = Byte.toUnsignedInt(code[at - 1]);
    return Byte.toUnsignedInt(code[at]) == opcode
        && (code[at + 1] & MODE) == RELATIVE
        && (prefix == REX_W || prefix == REX_WR) == wide;
  }

  private static int distance(byte[] code, int at) {
    return Byte.toUnsignedInt(code[at])
        | Byte.toUnsignedInt(code[at + 1]) << 8
        | Byte.toUnsignedInt(code[at + 2]) << 16
        | code[at + 3] << 24;
  }
}

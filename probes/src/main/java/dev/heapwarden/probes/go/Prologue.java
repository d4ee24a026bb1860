package dev.heapwarden.probes.go;

/**
 * The first instructions of a Go function on amd64, as src/cmd/internal/obj/x86/obj6.go writes them
 * (Go 1.21 to 1.27): a check that the stack has room, unless the function needs none, then the
 * frame.
 *
 * <pre>
 *   cmp 0x10(%r14), %rsp        or, with a frame of more than 128 bytes,
 *   jbe morestack               lea -N(%rsp), %r12; cmp 0x10(%r14), %r12; jbe morestack
 *   push %rbp
 *   mov %rsp, %rbp
 * </pre>
 *
 * Functions of the runtime that only run on its own stacks compare with 0x18(%r14) instead.
 */
final class Prologue {
  /** No prologue that is known is longer: 8 + 4 + 6 + 1 bytes. */
  static final int LONGEST = 19;

  private static final int PUSH_RBP = 0x55;

  private Prologue() {}

  /**
   * Bytes from a function's start to where it pushes the frame pointer; 0 when it pushes none
   * there, or begins in another way.
   *
   * @param code of the function's start; what it lacks is no prologue
   */
  static int toFrame(byte[] code) {
    int check = stackCheck(code);
    int frame = check == 0 ? 0 : check + jumpIfBelowOrEqual(code, check);
    return frame > check && at(code, frame) == PUSH_RBP ? frame : 0;
  }

  /** Length of the comparison of the stack pointer with the stack's guard; 0 when it is none. */
  private static int stackCheck(byte[] code) {
    if (is(code, 0, 0x49, 0x3b, 0x66) && isGuard(code, 3)) {
      return 4;
    }
    int lea = is(code, 0, 0x4c, 0x8d, 0x64, 0x24) ? 5 : is(code, 0, 0x4c, 0x8d, 0xa4, 0x24) ? 8 : 0;
    return lea > 0 && is(code, lea, 0x4d, 0x3b, 0x66) && isGuard(code, lea + 3) ? lea + 4 : 0;
  }

  /** Whether it is where a goroutine keeps the guard of its stack: stackguard0 or stackguard1. */
  private static boolean isGuard(byte[] code, int offset) {
    return is(code, offset, 0x10) || is(code, offset, 0x18);
  }

  /** Its length, with a displacement of 8 or 32 bits; 0 when it is another instruction. */
  private static int jumpIfBelowOrEqual(byte[] code, int offset) {
    return is(code, offset, 0x76) ? 2 : is(code, offset, 0x0f, 0x86) ? 6 : 0;
  }

  private static boolean is(byte[] code, int offset, int... bytes) {
    for (int i = 0; i < bytes.length; i++) {
      if (at(code, offset + i) != bytes[i]) {
        return false;
      }
    }
    return true;
  }

  private static int at(byte[] code, int offset) {
    return offset < code.length ? Byte.toUnsignedInt(code[offset]) : -1;
  }
}

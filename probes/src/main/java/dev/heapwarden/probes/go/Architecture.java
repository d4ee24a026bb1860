package dev.heapwarden.probes.go;

import java.util.Arrays;
import java.util.Optional;

/**
 * Where Go's functions find what their callers pass: ABIInternal, src/cmd/compile/abi-internal.md
 * of Go 1.21 to 1.27. Registers are named as in {@code struct pt_regs}
 * (arch/x86/include/asm/ptrace.h) and, on arm64, where that only numbers them, as in bpftrace's
 * src/arch/aarch64.cpp.
 *
 * <p>On both, the frame pointer leads at a function's entry to the caller's own frame: the word it
 * points to is the next frame pointer, the word after it the return address.
 */
public enum Architecture {
  AMD64(62, "ax", "bx", "cx", "bp", "r14", "*(uint64*)reg(\"sp\")"),
  ARM64(183, "r0", "r1", "r2", "r29", "r28", "reg(\"r30\")");

  private final int machine;
  private final String first;
  private final String second;
  private final String third;
  private final String framePointer;
  private final String goroutine;
  private final String returnAddress;

  /**
   * @param machine {@code e_machine} in include/uapi/linux/elf-em.h
   */
  Architecture(
      int machine,
      String first,
      String second,
      String third,
      String framePointer,
      String goroutine,
      String returnAddress) {
    this.machine = machine;
    this.first = first;
    this.second = second;
    this.third = third;
    this.framePointer = framePointer;
    this.goroutine = goroutine;
    this.returnAddress = returnAddress;
  }

  /** By {@code e_machine} of an ELF file; empty when unknown. */
  public static Optional<Architecture> of(int machine) {
    return Arrays.stream(values()).filter(known -> known.machine == machine).findFirst();
  }

  /**
   * Register of an integer argument at a function's entry.
   *
   * @param number 0 to 2; 0 is the receiver of a method
   */
  public String argument(int number) {
    return switch (number) {
      case 0 -> first;
      case 1 -> second;
      case 2 -> third;
      default -> throw new IllegalArgumentException("argument " + number);
    };
  }

  /** Register of the frame pointer. */
  public String framePointer() {
    return framePointer;
  }

  /** Register of the current goroutine's {@code g}. */
  public String goroutine() {
    return goroutine;
  }

  /** Expression, at a function's entry, for the address it returns to: on amd64 on the stack. */
  public String returnAddress() {
    return returnAddress;
  }

  /** Bytes that a return takes from the stack: on amd64 the address. */
  public int returnTakes() {
    return this == AMD64 ? Long.BYTES : 0;
  }
}

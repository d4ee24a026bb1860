package dev.heapwarden.probes.probe;

import dev.heapwarden.probes.cost.HitCost;
import dev.heapwarden.probes.go.GoBinary;
import java.nio.file.Path;

/**
 * Where a probe is put on a Go function: not on its first instruction but where it pushes the frame
 * pointer. The kernel carries a push out by itself, while most other instructions are stepped,
 * which is a second trap (arch/x86/kernel/uprobes.c, push_setup_xol_ops, since Linux 4.16;
 * "emulated" there). Under a hypervisor that intercepts debug exceptions a hit then costs the
 * program 1 us of CPU instead of 15 to 18 us, measured on Linux 6.18 in a nested virtual machine.
 * And a hit is a call: at its first instruction a function comes by again when its stack had to
 * grow, or its goroutine was preempted.
 *
 * <p>There registers hold the arguments still, the return address is at SP, and BP is the caller's,
 * as at the first instruction.
 */
public final class Uprobe {
  private Uprobe() {}

  /**
   * The place as bpftrace writes it. A function without such an instruction is probed at its first.
   *
   * @param executable a path without characters that mean anything to bpftrace
   */
  public static String on(Path executable, GoBinary binary, String function) {
    int frame = binary.toFrame(function);
    return "uprobe:%s:\"%s\"%s".formatted(executable, function, frame == 0 ? "" : "+" + frame);
  }

  /** CPU nanoseconds that a hit there takes. */
  public static long cost(GoBinary binary, String function) {
    return binary.toFrame(function) == 0 ? HitCost.STEPPED_UPROBE : HitCost.UPROBE;
  }
}

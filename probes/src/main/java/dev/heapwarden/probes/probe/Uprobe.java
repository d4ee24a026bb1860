package dev.heapwarden.probes.probe;

import dev.heapwarden.probes.cost.HitCost;
import dev.heapwarden.probes.go.GoBinary;
import java.nio.file.Path;
import java.util.Objects;

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
   * By the function's name where the executable has symbols, else by its offset in the file, which
   * {@link Bpftrace} then lets bpftrace take unseen. A method of a pointer has an asterisk in its
   * name, where bpftrace (0.23) overlooks what is added to it: its place is told by its address,
   * which bpftrace turns into an offset by the symbol that it belongs to.
   *
   * @param path plain, of the agent's own making or checked
   * @param function one of {@link GoBinary#functions}
   */
  public static String of(Path path, GoBinary binary, String function) {
    var place = Objects.requireNonNull(binary.functions().get(function));
    if (!binary.symbols()) {
      return "uprobe:%s:0x%x".formatted(path, place.probed());
    }
    if (place.toFrame() == 0) {
      return "uprobe:%s:\"%s\"".formatted(path, function);
    }
    return function.contains("*")
        ? "uprobe:%s:0x%x".formatted(path, place.address() + place.toFrame())
        : "uprobe:%s:\"%s\"+%d".formatted(path, function, place.toFrame());
  }

  /** CPU nanoseconds that a hit there takes. */
  public static long cost(GoBinary binary, String function) {
    var place = binary.functions().get(function);
    return place == null || place.toFrame() == 0 ? HitCost.STEPPED_UPROBE : HitCost.UPROBE;
  }
}

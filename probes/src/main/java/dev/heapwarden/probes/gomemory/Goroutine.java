package dev.heapwarden.probes.gomemory;

import dev.heapwarden.probes.target.MemoryException;
import java.nio.ByteBuffer;

/**
 * A goroutine as its {@code g} says; src/runtime/runtime2.go (Go 1.21 to 1.27).
 *
 * @param address of the g
 * @param status without the bit that says its stack is being scanned
 * @param reason why it waits, as a number of this release
 * @param waitingSince nanoseconds of the monotonic clock, known since the first collection that
 *     found it waiting; else 0
 * @param creator return address of the go statement, 0 for the first
 * @param start address of its function
 * @param stackEnd the address behind its stack
 * @param pointers where it stopped
 */
record Goroutine(
    long address,
    int status,
    int reason,
    long waitingSince,
    long creator,
    long start,
    long stackStart,
    long stackEnd,
    Stopped pointers) {
  static final int IDLE = 0;
  static final int RUNNABLE = 1;
  static final int RUNNING = 2;
  static final int SYSCALL = 3;
  static final int WAITING = 4;
  static final int DEAD = 6;
  static final int COPYSTACK = 8;
  static final int PREEMPTED = 9;
  static final int LEAKED = 10;
  static final int DEAD_EXTRA = 11;

  private static final int SCAN = 0x1000;

  /** Registers of one that does not run; {@code frame} is 0 where the release does not keep it. */
  record Stopped(long program, long stack, long frame) {}

  static Goroutine read(GoProcess process, long address) throws MemoryException {
    var layout = process.layout();
    var g = process.memory().read(address, layout.at("runtime.g"));
    int status = g.getInt(layout.at("runtime.g.atomicstatus")) & ~SCAN;
    return new Goroutine(
        address,
        status,
        Byte.toUnsignedInt(g.get(layout.at("runtime.g.waitreason"))),
        g.getLong(layout.at("runtime.g.waitsince")),
        g.getLong(layout.at("runtime.g.gopc")),
        g.getLong(layout.at("runtime.g.startpc")),
        g.getLong(layout.at("runtime.g.stack.lo")),
        g.getLong(layout.at("runtime.g.stack.hi")),
        status == SYSCALL ? inSystemCall(g, layout) : parked(g, layout));
  }

  boolean lives() {
    return lives(status);
  }

  /** The same of one of which nothing else is read. */
  static boolean lives(GoProcess process, long address) throws MemoryException {
    long at = address + process.layout().at("runtime.g.atomicstatus");
    return lives(process.memory().half(at) & ~SCAN);
  }

  private static boolean lives(int status) {
    return status != IDLE && status != DEAD && status != DEAD_EXTRA;
  }

  /** Whether it waits for another goroutine, a timer or the network. */
  boolean waits() {
    return status == WAITING || status == LEAKED;
  }

  /** Whether the collector notes since when. */
  boolean isTimed() {
    return waits() || status == SYSCALL;
  }

  private static Stopped parked(ByteBuffer g, GoLayout layout) {
    return new Stopped(
        g.getLong(layout.at("runtime.g.sched.pc")),
        g.getLong(layout.at("runtime.g.sched.sp")),
        g.getLong(layout.at("runtime.g.sched.bp")));
  }

  private static Stopped inSystemCall(ByteBuffer g, GoLayout layout) {
    var frame = layout.find("runtime.g.syscallbp");
    return new Stopped(
        g.getLong(layout.at("runtime.g.syscallpc")),
        g.getLong(layout.at("runtime.g.syscallsp")),
        frame.isPresent() ? g.getLong(frame.getAsInt()) : 0);
  }
}

package dev.heapwarden.probes.jvm;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.heapwarden.probes.target.LibC;
import java.io.IOException;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/**
 * Signals to a process that cannot be mistaken for its successor under the same pid: pidfd_open(2)
 * and pidfd_send_signal(2).
 */
final class Signals {
  /** SIGQUIT of signal(7). */
  static final int QUIT = 3;

  private static final MethodHandle SEND =
      LibC.function(
          "pidfd_send_signal",
          FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT));

  private Signals() {}

  /**
   * Sends a signal.
   *
   * @param stillIt asked when the pid can no longer become another process's
   * @return false when it was another process
   * @throws IOException when the process ended, or the kernel did not permit it
   */
  static boolean send(long pid, int signal, JvmAttach.Check stillIt) throws IOException {
    int descriptor = LibC.call(LibC.OPEN_PROCESS, (int) pid, 0);
    if (descriptor < 0) {
      throw new IOException("process " + pid + " is not there");
    }
    try {
      if (!stillIt.holds()) {
        return false;
      }
      if (LibC.call(SEND, descriptor, signal, MemorySegment.NULL, 0) != 0) {
        throw new IOException("no signal may be sent to process " + pid);
      }
      return true;
    } finally {
      int _ = LibC.call(LibC.CLOSE, descriptor);
    }
  }
}

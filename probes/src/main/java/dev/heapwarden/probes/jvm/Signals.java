package dev.heapwarden.probes.jvm;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.io.IOException;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/**
 * Signals to a process that cannot be mistaken for its successor under the same pid: pidfd_open(2)
 * and pidfd_send_signal(2), glibc 2.36 or newer.
 */
final class Signals {
  /** SIGQUIT of signal(7). */
  static final int QUIT = 3;

  private static final MethodHandle OPEN =
      function("pidfd_open", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));
  private static final MethodHandle SEND =
      function(
          "pidfd_send_signal",
          FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT));
  static final MethodHandle CLOSE = function("close", FunctionDescriptor.of(JAVA_INT, JAVA_INT));

  private Signals() {}

  /**
   * Sends a signal.
   *
   * @param stillIt asked when the pid can no longer become another process's
   * @return false when it was another process
   * @throws IOException when the process ended, or the kernel did not permit it
   */
  static boolean send(long pid, int signal, JvmAttach.Check stillIt) throws IOException {
    int descriptor = call(OPEN, (int) pid, 0);
    if (descriptor < 0) {
      throw new IOException("process " + pid + " is not there");
    }
    try {
      if (!stillIt.holds()) {
        return false;
      }
      if (call(SEND, descriptor, signal, MemorySegment.NULL, 0) != 0) {
        throw new IOException("no signal may be sent to process " + pid);
      }
      return true;
    } finally {
      int _ = call(CLOSE, descriptor);
    }
  }

  static int call(MethodHandle function, Object... arguments) {
    try {
      return (int) function.invokeWithArguments(arguments);
    } catch (Throwable impossible) {
      throw new IllegalStateException("a call of the C library failed", impossible);
    }
  }

  @SuppressWarnings(
      "restricted") // Functions of the C library, called with values and our own paths.
  static MethodHandle function(
      String name, FunctionDescriptor descriptor, Linker.Option... options) {
    var linker = Linker.nativeLinker();
    return linker.downcallHandle(linker.defaultLookup().findOrThrow(name), descriptor, options);
  }
}

package dev.heapwarden.probes.target;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.invoke.MethodHandle;

/** Functions of the C library, glibc 2.36 or newer, called with values and our own paths only. */
public final class LibC {
  /** pidfd_open(2): a process that cannot be mistaken for its successor under the same pid. */
  public static final MethodHandle OPEN_PROCESS =
      function("pidfd_open", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));

  public static final MethodHandle CLOSE =
      function("close", FunctionDescriptor.of(JAVA_INT, JAVA_INT));

  private LibC() {}

  /** Calls a function that returns an int. */
  public static int call(MethodHandle function, Object... arguments) {
    return (int) invoke(function, arguments);
  }

  /** Calls a function that returns a long. */
  public static long callLong(MethodHandle function, Object... arguments) {
    return (long) invoke(function, arguments);
  }

  private static Object invoke(MethodHandle function, Object... arguments) {
    try {
      return function.invokeWithArguments(arguments);
    } catch (Throwable impossible) {
      throw new IllegalStateException("a call of the C library failed", impossible);
    }
  }

  /**
   * Finds a function.
   *
   * @throws java.util.NoSuchElementException when the library has none of this name
   */
  @SuppressWarnings("restricted") // The point of this class.
  public static MethodHandle function(
      String name, FunctionDescriptor descriptor, Linker.Option... options) {
    var linker = Linker.nativeLinker();
    return linker.downcallHandle(linker.defaultLookup().findOrThrow(name), descriptor, options);
  }
}

package dev.heapwarden.probes.jvm;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import dev.heapwarden.probes.target.LibC;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.util.OptionalLong;

/**
 * Who listens on a socket of a container: SO_PEERCRED of unix(7) tells the process that called
 * listen(2). The socket's path does not, where containers share a directory and each counts its
 * pids from 1.
 */
final class Listener {
  /** Linux 6.18, include/linux/socket.h, include/linux/net.h, include/uapi/asm-generic/socket.h. */
  private static final short UNIX = 1;

  private static final int STREAM = 1;
  private static final int NON_BLOCKING = 04000;
  private static final int CLOSE_ON_EXEC = 02000000;
  private static final int SOCKET_LEVEL = 1;
  private static final int PEER_CREDENTIALS = 17;

  /** ECONNREFUSED of errno(3), include/uapi/asm-generic/errno.h. */
  private static final int REFUSED = 111;

  /** struct sockaddr_un of unix(7): the family, then a path that ends with 0. */
  private static final int ADDRESS_SIZE = 110;

  /** struct ucred of unix(7): the process, its user and its group, 4 bytes each. */
  private static final int CREDENTIALS_SIZE = 12;

  private static final MethodHandle SOCKET =
      LibC.function("socket", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT));
  private static final MethodHandle CONNECT =
      LibC.function(
          "connect",
          FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT),
          Linker.Option.captureCallState("errno"));
  private static final VarHandle ERROR =
      Linker.Option.captureStateLayout().varHandle(PathElement.groupElement("errno"));
  private static final MethodHandle OPTION =
      LibC.function(
          "getsockopt",
          FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, ADDRESS));

  private Listener() {}

  /**
   * Asks by a connection over which nothing is sent.
   *
   * @return its pid as the agent's pid namespace numbers it; 0 where it is outside of that; empty
   *     when nobody listens, as on a socket that a killed process left behind
   * @throws IOException when it takes no further connection now
   */
  static OptionalLong pid(Held socket) throws IOException {
    int descriptor = LibC.call(SOCKET, (int) UNIX, STREAM | NON_BLOCKING | CLOSE_ON_EXEC, 0);
    if (descriptor < 0) {
      throw new IOException("no socket can be made");
    }
    try (var arena = Arena.ofConfined()) {
      var address = arena.allocate(ADDRESS_SIZE, JAVA_SHORT.byteAlignment());
      address.set(JAVA_SHORT, 0, UNIX);
      address.setString(JAVA_SHORT.byteSize(), socket.path().toString());
      var state = arena.allocate(Linker.Option.captureStateLayout());
      if (LibC.call(CONNECT, state, descriptor, address, ADDRESS_SIZE) == 0) {
        return OptionalLong.of(pid(descriptor, arena));
      }
      if ((int) ERROR.get(state, 0L) == REFUSED) {
        return OptionalLong.empty();
      }
      throw new IOException("no connection can be had to the socket in its /tmp");
    } finally {
      int _ = LibC.call(LibC.CLOSE, descriptor);
    }
  }

  private static long pid(int descriptor, Arena arena) throws IOException {
    MemorySegment credentials = arena.allocate(CREDENTIALS_SIZE, JAVA_INT.byteAlignment());
    var size = arena.allocateFrom(JAVA_INT, CREDENTIALS_SIZE);
    if (LibC.call(OPTION, descriptor, SOCKET_LEVEL, PEER_CREDENTIALS, credentials, size) != 0) {
      throw new IOException("the kernel does not tell who listens on the socket in its /tmp");
    }
    return credentials.get(JAVA_INT, 0);
  }
}

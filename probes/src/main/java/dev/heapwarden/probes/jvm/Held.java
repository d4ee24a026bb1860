package dev.heapwarden.probes.jvm;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.heapwarden.probes.target.LibC;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A file or directory of a container that is held by a descriptor: whatever the container puts in
 * its place meanwhile, this is still the one that was looked at. A symbolic link is held itself and
 * leads nowhere.
 */
public final class Held implements AutoCloseable {
  private static final boolean ARM = System.getProperty("os.arch", "").equals("aarch64");

  /** Linux 6.18, include/uapi/asm-generic/fcntl.h, and arch/arm64/include/uapi/asm/fcntl.h. */
  private static final int PATH_ONLY = 010000000;

  private static final int CLOSE_ON_EXEC = 02000000;
  private static final int DIRECTORY = ARM ? 040000 : 0200000;
  private static final int NO_FOLLOW = ARM ? 0100000 : 0400000;

  private static final int FILE_TYPE = 0170000;

  private static final MethodHandle OPEN =
      LibC.function("open", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT));

  private final int descriptor;

  /** Which file it is, whatever its name. */
  public record Id(long device, long inode) {}

  private Held(int descriptor) {
    this.descriptor = descriptor;
  }

  /**
   * Holds a directory.
   *
   * @throws IOException when it is none, or a symbolic link
   */
  static Held directory(Path path) throws IOException {
    return open(path, DIRECTORY);
  }

  /**
   * Holds a directory of a container. None of its names may be a symbolic link, which would lead
   * into the agent's own files.
   *
   * @param root of the container, from the agent's view
   * @param path absolute, in the container
   * @throws IOException when it is none
   */
  public static Held below(Path root, Path path) throws IOException {
    var held = directory(root.resolve(path.getName(0)));
    for (int i = 1; i < path.getNameCount(); i++) {
      try (var above = held) {
        held = directory(above.path().resolve(path.getName(i)));
      }
    }
    return held;
  }

  /**
   * Holds whatever is there.
   *
   * @throws IOException when nothing is
   */
  static Held any(Path path) throws IOException {
    return open(path, 0);
  }

  /**
   * Holds a regular file. Nothing is opened for reading before it is known to be one: a pipe would
   * wait for a writer.
   *
   * @throws IOException when it is none, or a symbolic link
   */
  public static Held file(Path path) throws IOException {
    var held = any(path);
    if (!Files.isRegularFile(held.path())) {
      held.close();
      throw new IOException("is no regular file: " + path.getFileName());
    }
    return held;
  }

  private static Held open(Path path, int flag) throws IOException {
    try (var arena = Arena.ofConfined()) {
      int flags = PATH_ONLY | CLOSE_ON_EXEC | NO_FOLLOW | flag;
      int descriptor = LibC.call(OPEN, arena.allocateFrom(path.toString()), flags);
      if (descriptor < 0) {
        throw new IOException("cannot be opened: " + path);
      }
      return new Held(descriptor);
    }
  }

  /** What it is: S_IFMT of inode(7). */
  int type() throws IOException {
    return (int) Files.getAttribute(path(), "unix:mode") & FILE_TYPE;
  }

  /** Its user, as the agent's user namespace numbers it. */
  int owner() throws IOException {
    return (int) Files.getAttribute(path(), "unix:uid");
  }

  /** Leads to it while it is held. */
  public Path path() {
    return Path.of("/proc/self/fd", Integer.toString(descriptor));
  }

  /** Identifies it among the files of the node while it exists. */
  public Id id() throws IOException {
    return new Id(
        (long) Files.getAttribute(path(), "unix:dev"),
        (long) Files.getAttribute(path(), "unix:ino"));
  }

  @Override
  public void close() {
    int _ = LibC.call(LibC.CLOSE, descriptor);
  }
}

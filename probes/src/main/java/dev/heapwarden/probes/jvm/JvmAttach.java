package dev.heapwarden.probes.jvm;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Diagnostic commands for a HotSpot JVM in another container, over its attach protocol version 1
 * (JDK 17 and 25, src/hotspot/os/posix/attachListener_posix.cpp): a trigger file and SIGQUIT make
 * it listen on a socket, and each connection carries one command.
 *
 * <p>SIGQUIT ends a JVM that does not handle it (-Xrs; such a JVM listens from its start instead).
 * So nothing is sent unless the kernel says that it does, the JVM does not say that attaching is
 * off, it answers the agent's user, and the trigger is in its place. Where containers share a /tmp,
 * JVMs of one inner pid share the names of these files too: the one that listens is asked, and only
 * when it is the one meant.
 */
public final class JvmAttach {
  /** A JVM that was signalled listens within this time, or not at all. */
  public static final Duration LISTENS_WITHIN = Duration.ofSeconds(10);

  private static final Duration ASK_AGAIN = Duration.ofMillis(50);

  /** S_IFSOCK of inode(7). */
  private static final int SOCKET = 0140000;

  private final Path procRoot;

  /**
   * @param procRoot where /proc is
   */
  public JvmAttach(Path procRoot) {
    this.procRoot = procRoot;
  }

  /** The JVM cannot be asked, and was left alone. */
  public static final class RefusedException extends IOException {
    private static final long serialVersionUID = 1;

    RefusedException(String reason) {
      super(reason);
    }
  }

  /** The JVM was asked and had not answered at the deadline; it may be at it still. */
  public static final class LateException extends IOException {
    private static final long serialVersionUID = 1;

    LateException(Duration deadline) {
      super("the JVM had not answered after %.1f s".formatted(deadline.toMillis() / 1e3));
    }
  }

  /** A question about a process that must still be answered with yes when it is signalled. */
  public interface Check {
    boolean holds() throws IOException;
  }

  /** What is done with an answer while it comes in. */
  public interface Reader<T> {
    /** Reads it to the end or not; the stream ends at the deadline at the latest. */
    T read(InputStream answer) throws IOException;
  }

  /**
   * Asks a JVM.
   *
   * @param stillIt whether the pid is still the process meant
   * @param command such as {@code GC.class_histogram -all}: one of ours, never a user's
   * @param deadline for the whole answer
   * @throws RefusedException when the JVM cannot be asked
   * @throws LateException when it did not answer in time
   * @throws IOException when it did not answer, or answered with an error
   */
  public <T> T ask(long pid, Check stillIt, String command, Duration deadline, Reader<T> reader)
      throws IOException, InterruptedException {
    var process = JvmProcess.of(pid, procRoot);
    try (var tmp = temporary(process)) {
      if (!stillIt.holds()) {
        throw new IOException("process " + pid + " is another one now");
      }
      var refusal = unwilling(process);
      if (refusal.isPresent()) {
        throw new RefusedException(refusal.get());
      }
      if (!listenedTo(process.socket(tmp.path()))) {
        awaken(process, tmp.path(), stillIt);
      }
      try (var socket = Held.any(process.socket(tmp.path()))) {
        if (socket.type() != SOCKET) {
          throw new RefusedException("what it listens on is no socket");
        }
        var foreign = foreign(process, socket);
        if (foreign.isPresent()) {
          throw new RefusedException(foreign.get());
        }
        return AttachConnection.ask(socket, command, deadline, reader);
      }
    }
  }

  private static Held temporary(JvmProcess process) throws RefusedException {
    try {
      return Held.directory(process.temporaryPath());
    } catch (IOException none) {
      throw new RefusedException("the container has no directory /tmp");
    }
  }

  /** Why this JVM cannot be asked; empty when it can. Nothing is sent. */
  public Optional<String> refusal(long pid) throws IOException {
    var process = JvmProcess.of(pid, procRoot);
    var unwilling = unwilling(process);
    var tmp = process.temporary();
    if (unwilling.isPresent() || tmp.isEmpty() || !listenedTo(process.socket(tmp.get()))) {
      return unwilling;
    }
    try (var socket = Held.any(process.socket(tmp.get()))) {
      return foreign(process, socket);
    }
  }

  private Optional<String> unwilling(JvmProcess process) throws IOException {
    // First: such a JVM leaves the socket of an earlier one under its pid where it is.
    var attaching = new AttachSwitch(process, procRoot);
    var off = attaching.off();
    if (off.isPresent()) {
      return off;
    }
    var stranger = AttachUser.refusal(process);
    if (stranger.isPresent()) {
      return stranger;
    }
    var tmp = process.temporary();
    if (tmp.isPresent() && listenedTo(process.socket(tmp.get()))) {
      return Optional.empty();
    }
    // Where it is off, the signal has the JVM print its threads instead.
    var unknown = attaching.unknown();
    if (unknown.isPresent()) {
      return unknown;
    }
    if (!ProcessStatus.read(process.directory()).catches(Signals.QUIT)) {
      return Optional.of("it handles no SIGQUIT (-Xrs), which would end it");
    }
    return tmp.isPresent() ? Optional.empty() : Optional.of("the container has no directory /tmp");
  }

  /** Why nothing is asked over a socket in the JVM's /tmp; empty where the JVM itself listens. */
  private static Optional<String> foreign(JvmProcess process, Held socket) throws IOException {
    return Listener.pid(socket).equals(OptionalLong.of(process.pid()))
        ? Optional.empty()
        : Optional.of(
            "another process listens on .java_pid%d in its /tmp, which containers may share"
                .formatted(process.innerPid()));
  }

  private void awaken(JvmProcess process, Path tmp, Check stillIt)
      throws IOException, InterruptedException {
    var trigger = process.trigger(tmp);
    try {
      Files.createFile(trigger);
    } catch (FileAlreadyExistsException _) {
      // Somebody else is attaching: the signal makes it listen for both.
    } catch (IOException unwritable) {
      throw new RefusedException("its /tmp cannot be written: " + unwritable.getMessage());
    }
    try {
      if (!Signals.send(
          process.pid(),
          Signals.QUIT,
          () -> stillIt.holds() && ProcessStatus.read(process.directory()).catches(Signals.QUIT))) {
        throw new IOException("process " + process.pid() + " is another one now");
      }
      long deadline = System.nanoTime() + LISTENS_WITHIN.toNanos();
      while (!listenedTo(process.socket(tmp))) {
        if (System.nanoTime() - deadline > 0) {
          throw new IOException(
              "the JVM did not listen within " + LISTENS_WITHIN.toSeconds() + " s");
        }
        Thread.sleep(ASK_AGAIN);
      }
    } finally {
      Files.deleteIfExists(trigger);
    }
  }

  /** A socket without a listener is one that a killed JVM left under the same pid. */
  private static boolean listenedTo(Path path) throws IOException {
    if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
      return false;
    }
    try (var held = Held.any(path)) {
      return held.type() == SOCKET && Listener.pid(held).isPresent();
    }
  }
}

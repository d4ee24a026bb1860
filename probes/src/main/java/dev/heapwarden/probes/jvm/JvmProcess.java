package dev.heapwarden.probes.jvm;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Where a JVM keeps its files, seen through its own root. What lies there is the container's: a
 * symbolic link in it would lead into the agent's own files, and is not followed.
 *
 * @param pid as the agent's pid namespace numbers it
 * @param innerPid as the JVM numbers itself
 * @param directory of the process in /proc
 */
record JvmProcess(long pid, long innerPid, Path directory) {
  /**
   * Looks at a process.
   *
   * @throws IOException when it ended
   */
  static JvmProcess of(long pid, Path procRoot) throws IOException {
    var directory = procRoot.resolve(Long.toString(pid));
    return new JvmProcess(pid, ProcessStatus.read(directory).innerPid(), directory);
  }

  /**
   * /tmp, always: neither java.io.tmpdir nor TMPDIR moves these files. Empty when it is no
   * directory.
   */
  Optional<Path> temporary() {
    var tmp = temporaryPath();
    return Files.isDirectory(tmp, LinkOption.NOFOLLOW_LINKS) ? Optional.of(tmp) : Optional.empty();
  }

  Path temporaryPath() {
    return directory.resolve("root/tmp");
  }

  /** The socket that the JVM listens on once it has been asked to. */
  Path socket(Path temporary) {
    return temporary.resolve(".java_pid" + innerPid);
  }

  /** The file that turns SIGQUIT into a request to listen. */
  Path trigger(Path temporary) {
    return temporary.resolve(".attach_pid" + innerPid);
  }
}

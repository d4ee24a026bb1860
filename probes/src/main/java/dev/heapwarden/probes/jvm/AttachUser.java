package dev.heapwarden.probes.jvm;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Whether a JVM takes the agent for somebody who may attach: its own user, or root (JDK 17 and 25,
 * src/hotspot/os/posix/os_posix.cpp, matches_effective_uid_or_root). Both as its user namespace
 * numbers users. Where that has no number for the agent's, the agent's trigger is nobody's: the
 * signal would have the JVM print its threads.
 */
final class AttachUser {
  private static final int ROOT = 0;
  private static final Path SELF = Path.of("/proc/self");

  private AttachUser() {}

  /** Why the JVM would not answer the agent; empty where it does. */
  static Optional<String> refusal(JvmProcess process) throws IOException {
    int agent = ProcessStatus.read(SELF).fileUid();
    boolean known =
        agent == ProcessStatus.read(process.directory()).fileUid()
            || (namespace(SELF).equals(namespace(process.directory()))
                ? agent == ROOT
                : isRoot(agent, process));
    return known
        ? Optional.empty()
        : Optional.of("it answers its own user and root, and the agent is neither where it runs");
  }

  /**
   * Whether a user of the agent's namespace is root in that of a process: uid_map of
   * user_namespaces(7).
   */
  private static boolean isRoot(int user, JvmProcess process) throws IOException {
    for (var line : Files.readAllLines(process.directory().resolve("uid_map"))) {
      var range = List.of(line.strip().split("\\s+", -1));
      if (Integer.parseInt(range.getFirst()) == ROOT) {
        return Long.parseLong(range.get(1)) == user;
      }
    }
    return false;
  }

  /** Such as user:[4026531837]. */
  private static Path namespace(Path process) throws IOException {
    return Files.readSymbolicLink(process.resolve("ns/user"));
  }
}

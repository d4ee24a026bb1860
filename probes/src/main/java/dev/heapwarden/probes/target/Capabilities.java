package dev.heapwarden.probes.target;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What the agent itself may do. */
final class Capabilities {
  /** CAP_SYS_PTRACE of include/uapi/linux/capability.h. */
  private static final int SYS_PTRACE = 19;

  private static final String EFFECTIVE = "CapEff:";

  private Capabilities() {}

  /** Why the processes of others may not be looked at. */
  static String whyDenied() {
    return "its processes may not be looked at: "
        + (has(SYS_PTRACE)
            ? "something on the node forbids it, though the agent has the capability SYS_PTRACE"
            : "the agent lacks the capability SYS_PTRACE");
  }

  /** By the line CapEff of /proc/PID/status, hexadecimal, as in proc(5). */
  private static boolean has(int capability) {
    try (var lines = Files.lines(Path.of("/proc/self/status"), ProcFs.ANY_BYTES)) {
      return lines
          .filter(line -> line.startsWith(EFFECTIVE))
          .mapToLong(line -> Long.parseUnsignedLong(line.substring(EFFECTIVE.length()).strip(), 16))
          .anyMatch(set -> (set >>> capability & 1) == 1);
    } catch (IOException _) {
      return false;
    }
  }
}

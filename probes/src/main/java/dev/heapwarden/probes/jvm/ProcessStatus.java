package dev.heapwarden.probes.jvm;

import dev.heapwarden.probes.target.ProcFs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * What /proc/PID/status says that matters here; format as in proc(5).
 *
 * @param innerPid in the innermost pid namespace, the one that the process itself sees
 * @param fileUid the user that owns the files it makes
 * @param caught bit n - 1 is set when the process has a handler for signal n
 */
record ProcessStatus(long innerPid, int fileUid, long caught) {
  static ProcessStatus read(Path directory) throws IOException {
    List<String> lines = Files.readAllLines(directory.resolve("status"), ProcFs.ANY_BYTES);
    var pids = value(lines, "NSpid:").split("\\s+", -1);
    var users = value(lines, "Uid:").split("\\s+", -1);
    return new ProcessStatus(
        Long.parseLong(pids[pids.length - 1]),
        Integer.parseInt(users[users.length - 1]),
        Long.parseUnsignedLong(value(lines, "SigCgt:"), 16));
  }

  boolean catches(int signal) {
    return (caught >> (signal - 1) & 1) == 1;
  }

  private static String value(List<String> lines, String name) throws IOException {
    return lines.stream()
        .filter(line -> line.startsWith(name))
        .map(line -> line.substring(name.length()).strip())
        .findFirst()
        .orElseThrow(() -> new IOException("a process's status has no " + name));
  }
}

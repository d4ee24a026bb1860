package dev.heapwarden.probes.gomemory;

import dev.heapwarden.probes.go.RuntimeVariables;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/** The words for why goroutines wait, as the program itself would print them. */
final class WaitReasons {
  /** The longest has 30 characters in Go 1.27. */
  private static final int LENGTH_LIMIT = 64;

  /** A string is {pointer, length}. */
  private static final int STRING = 2 * Long.BYTES;

  private final GoProcess process;
  private final Map<Integer, String> known = new HashMap<>();

  WaitReasons(GoProcess process) {
    this.process = process;
  }

  String name(int reason) throws IOException {
    var name = known.get(reason);
    if (name == null) {
      name = read(reason);
      known.put(reason, name);
    }
    return name;
  }

  private String read(int reason) throws IOException {
    var memory = process.memory();
    if ((reason + 1L) * STRING > process.size(RuntimeVariables.WAIT_REASONS)) {
      return "waiting";
    }
    var string =
        memory.read(
            process.address(RuntimeVariables.WAIT_REASONS) + (long) reason * STRING, STRING);
    long length = string.getLong(Long.BYTES);
    if (length <= 0 || length > LENGTH_LIMIT) {
      return "waiting";
    }
    var bytes = new byte[(int) length];
    memory.read(string.getLong(0), length).get(bytes);
    var text = new String(bytes, StandardCharsets.US_ASCII);
    return text.matches("[ -~]+") ? text : "waiting";
  }
}

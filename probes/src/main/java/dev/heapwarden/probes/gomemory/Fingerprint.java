package dev.heapwarden.probes.gomemory;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/**
 * What goroutines that hang at one place in the same way have in common: what they wait for, who
 * created them, and the functions of their stacks. Addresses and lines are left out, so that it
 * stays the same in every pod, after a restart, and in a build that changed something else.
 *
 * @param state what they wait for, in Go's words
 * @param creator function with the go statement; "" for the first goroutine
 * @param functions innermost first, at most {@link #DEPTH}
 */
record Fingerprint(String state, String creator, List<String> functions) {
  /** Two that differ only farther out hang in the same way. */
  static final int DEPTH = 16;

  private static final int ID_BYTES = 8;

  Fingerprint {
    functions = List.copyOf(functions.subList(0, Math.min(DEPTH, functions.size())));
  }

  /** 16 hexadecimal digits. */
  String id() {
    var text = state + '\n' + creator + '\n' + String.join("\n", functions);
    return HexFormat.of().formatHex(sha256(text), 0, ID_BYTES);
  }

  private static byte[] sha256(String text) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException everyJavaHasIt) {
      throw new IllegalStateException(everyJavaHasIt);
    }
  }
}

package dev.heapwarden.probes.go;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/** Names in a file, one after the other, each ended by a NUL. */
final class Names {
  private static final int CHUNK_BYTES = 256 * 1024;

  private Names() {}

  /**
   * Where names lie among others, from their start. Linkers may let one name be the tail of a
   * longer one, so tails count too.
   */
  static Map<Long, String> offsets(ElfFile elf, long start, long size, Set<String> wanted)
      throws IOException {
    var offsets = new HashMap<Long, String>();
    int longest = wanted.stream().mapToInt(String::length).max().orElse(0);
    var names = wanted.toArray(String[]::new);
    var spelt = new byte[names.length][];
    Arrays.setAll(spelt, i -> names[i].getBytes(StandardCharsets.UTF_8));
    for (long chunk = 0; chunk < size; chunk += CHUNK_BYTES) {
      long from = Math.max(0, chunk - longest);
      int length = (int) (Math.min(chunk + CHUNK_BYTES, size) - from);
      var bytes = elf.bytes(start + from, length);
      for (int end = (int) (chunk - from); end < bytes.length; end++) {
        if (bytes[end] == 0) {
          for (int i = 0; i < names.length; i++) {
            if (endsWith(bytes, end, spelt[i])) {
              offsets.put(from + end - spelt[i].length, names[i]);
            }
          }
        }
      }
    }
    return offsets;
  }

  /**
   * A name as people may see it, wherever it comes from: of so many characters, none of control.
   */
  static String printable(String name, int limit) {
    var clean = name.replaceAll("\\p{Cntrl}", "?");
    return clean.length() <= limit ? clean : clean.substring(0, limit - 1) + "…";
  }

  private static boolean endsWith(byte[] bytes, int end, byte[] name) {
    int start = end - name.length;
    return start >= 0
        && bytes[end - 1] == name[name.length - 1]
        && Arrays.equals(bytes, start, end, name, 0, name.length);
  }
}

package dev.heapwarden.probes.snapshot;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;

/**
 * Names kernel addresses from /proc/kallsyms (proc(5)), in one pass and without holding it. A
 * reader without CAP_SYSLOG may see zeros there: then nothing is named.
 */
final class KernelSymbols {
  private KernelSymbols() {}

  /** Function names of those of the addresses that could be named. */
  static Map<Long, String> names(Path kallsyms, Collection<Long> addresses) throws IOException {
    var wanted = addresses.stream().mapToLong(Long::longValue).sorted().distinct().toArray();
    var starts = new long[wanted.length];
    var names = new String[wanted.length];
    // Kernel addresses have their highest bit set, so signed order is their order among themselves.
    Arrays.fill(starts, Long.MIN_VALUE);
    try (var lines = Files.newBufferedReader(kallsyms)) {
      for (var line = lines.readLine(); line != null; line = lines.readLine()) {
        var fields = line.split("\\s+", 4);
        if (fields.length < 3 || !"tTwW".contains(fields[1])) {
          continue;
        }
        long start = Long.parseUnsignedLong(fields[0], 16);
        int found = Arrays.binarySearch(wanted, start);
        int index = found >= 0 ? found : -found - 1;
        if (start != 0 && index < wanted.length && start > starts[index]) {
          starts[index] = start;
          names[index] = fields[2];
        }
      }
    }
    var named = new HashMap<Long, String>();
    for (int i = 0; i < wanted.length; i++) {
      if (i > 0 && starts[i] < starts[i - 1]) {
        starts[i] = starts[i - 1];
        names[i] = names[i - 1];
      }
      if (names[i] != null) {
        named.put(wanted[i], names[i]);
      }
    }
    return named;
  }
}

package dev.heapwarden.probes.nativecode;

import java.util.BitSet;
import java.util.Optional;

/**
 * A pattern that only one of a file's functions has: its name with a star within. bpftrace attaches
 * a pattern by one link (BPF_TRACE_UPROBE_MULTI, Linux 6.6), which needs no perf event: so neither
 * CAP_SYS_ADMIN, nor a path of few characters. Not thread-safe.
 */
final class Wildcard {
  private final String name;

  /** Where a star would let another function in; before the character of that number. */
  private final BitSet taken = new BitSet();

  Wildcard(String name) {
    this.name = name;
  }

  /** Takes note of another function of the file. */
  void meet(String other) {
    if (other.length() > name.length()) {
      for (int star = 1; star < name.length(); star++) {
        if (other.startsWith(name.substring(0, star)) && other.endsWith(name.substring(star))) {
          taken.set(star);
        }
      }
    }
  }

  /** Empty where every such pattern has another of those that were met. */
  Optional<String> pattern() {
    int star = taken.nextClearBit(1);
    return star < name.length()
        ? Optional.of(name.substring(0, star) + "*" + name.substring(star))
        : Optional.empty();
  }
}

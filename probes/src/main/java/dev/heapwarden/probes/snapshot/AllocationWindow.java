package dev.heapwarden.probes.snapshot;

import com.fasterxml.jackson.databind.JsonNode;
import dev.heapwarden.probes.probe.BpftraceLine;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Reads what a window on allocations printed: what outlived half of it, by callers. */
final class AllocationWindow {
  private final Map<String, Map<String, JsonNode>> printed = new HashMap<>();
  private long started;
  private long lost;

  /**
   * Blocks of one place.
   *
   * @param mapped whether by mmap
   * @param bytes that were allocated in the first half and not given back by the end of the second
   * @param returns return addresses, innermost first; those after the first need not be any
   */
  record Stack(boolean mapped, long bytes, long blocks, List<Long> returns) {
    Stack {
      returns = List.copyOf(returns);
    }
  }

  /** Takes a line; called on one thread, before any other method. */
  void read(BpftraceLine line) {
    switch (line) {
      case BpftraceLine.Values values -> printed.put(values.map(), values.values());
      case BpftraceLine.Text text when text.text().startsWith("start ") ->
          started = Long.parseLong(text.text().substring("start ".length()));
      case BpftraceLine.Lost(long events) -> lost += events;
      case BpftraceLine.MapFull() -> lost++;
      default -> {}
    }
  }

  /** Whether the probes were attached. */
  boolean attached() {
    return started != 0;
  }

  /** Whether its first half came to an end, and then its second one. */
  boolean whole() {
    return number("@closed") != 0;
  }

  /** How long the first half was, in seconds. */
  double seconds() {
    return Math.max(number("@closed") - started, 1) / 1e9;
  }

  /** CPU time that it took from the process, nanoseconds. */
  long paid() {
    return number("@paid");
  }

  /** Blocks from before it that were given back in its first half. */
  long older() {
    return number("@older");
  }

  /** Blocks for which it had no room. */
  long leftOut() {
    return number("@leftout");
  }

  /** Events that are counted nowhere. */
  long lost() {
    return lost;
  }

  /** The places whose blocks are left, most bytes first. */
  List<Stack> stacks() {
    var blocks = printed.getOrDefault("@blocks", Map.of());
    var stacks = new ArrayList<Stack>();
    printed
        .getOrDefault("@bytes", Map.of())
        .forEach(
            (key, bytes) -> {
              var numbers = Arrays.stream(key.split(",", -1)).map(AllocationWindow::word).toList();
              var count = blocks.get(key);
              if (bytes.asLong() > 0 && count != null) {
                stacks.add(
                    new Stack(
                        numbers.getFirst() == AllocationProgram.MAPPED,
                        bytes.asLong(),
                        count.asLong(),
                        numbers.subList(1, numbers.size())));
              }
            });
    stacks.sort(Comparator.comparingLong(Stack::bytes).reversed());
    return stacks;
  }

  /** bpftrace takes words of a map's key for signed where it sees fit. */
  private static long word(String text) {
    return text.startsWith("-") ? Long.parseLong(text) : Long.parseUnsignedLong(text);
  }

  private long number(String map) {
    var value = printed.getOrDefault(map, Map.of()).get("");
    return value == null ? 0 : value.asLong();
  }
}

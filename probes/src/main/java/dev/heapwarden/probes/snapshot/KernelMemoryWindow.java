package dev.heapwarden.probes.snapshot;

import com.fasterxml.jackson.databind.JsonNode;
import dev.heapwarden.probes.probe.BpftraceLine;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalDouble;

/** Reads what a window of the kernel's allocations printed. */
final class KernelMemoryWindow {
  private static final String START = "start ";
  private static final String END = "end ";

  private final Map<String, Map<String, JsonNode>> printed = new HashMap<>();
  private long started;
  private long ended;
  private long lost;

  /** Takes a line; called on one thread, before any other method. */
  void read(BpftraceLine line) {
    switch (line) {
      case BpftraceLine.Values values -> printed.put(values.map(), values.values());
      case BpftraceLine.Lost(long events) -> lost += events;
      case BpftraceLine.MapFull() -> lost++;
      case BpftraceLine.Text(var text) when text.startsWith(START) ->
          started = Long.parseLong(text.substring(START.length()).strip());
      case BpftraceLine.Text(var text) when text.startsWith(END) ->
          ended = Long.parseLong(text.substring(END.length()).strip());
      default -> {}
    }
  }

  /** Whether the probes were attached. */
  boolean attached() {
    return started != 0;
  }

  /** How long it was open; empty when it did not end by itself. */
  OptionalDouble seconds() {
    return ended == 0 ? OptionalDouble.empty() : OptionalDouble.of((ended - started) / 1e9);
  }

  long lost() {
    return lost;
  }

  /** What a map held at the end, by its keys. */
  Map<String, JsonNode> of(String map) {
    return printed.getOrDefault(map, Map.of());
  }
}

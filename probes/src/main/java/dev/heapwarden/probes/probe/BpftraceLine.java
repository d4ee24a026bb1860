package dev.heapwarden.probes.probe;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** One line of {@code bpftrace -f json}, as bpftrace 0.23 to 0.27 write it (src/output.cpp). */
public sealed interface BpftraceLine {
  /** How many probes it is about to attach; said before it attaches them. */
  record Announced(int probes) implements BpftraceLine {}

  /** What a program printed. It is read only after every probe was attached. */
  record Text(String text) implements BpftraceLine {}

  /**
   * A map that was printed.
   *
   * @param values by key, several keys joined by commas; a map without keys has the key ""
   */
  record Values(String map, Map<String, JsonNode> values) implements BpftraceLine {}

  /** Events that bpftrace could not take in time. */
  record Lost(long events) implements BpftraceLine {}

  /** An event for which a map of the program had no room: it is counted nowhere. */
  record MapFull() implements BpftraceLine {}

  /** {@code E2BIG} of asm-generic/errno-base.h: what a full map answers, negative. */
  int FULL = -7;

  ObjectMapper JSON = new ObjectMapper();

  /** Reads a line; empty when it is blank, of another type, or no JSON. */
  static Optional<BpftraceLine> parse(String line) {
    if (line.isBlank()) {
      return Optional.empty();
    }
    try {
      var node = JSON.readTree(line);
      var data = node.path("data");
      return switch (node.path("type").asText()) {
        case "attached_probes" -> Optional.of(new Announced(data.path("probes").asInt()));
        case "printf" -> Optional.of(new Text(data.asText().strip()));
        case "lost_events" -> Optional.of(new Lost(data.path("events").asLong()));
        case "helper_error" ->
            node.path("helper").asText().equals("map_update_elem")
                    && node.path("retcode").asInt() == FULL
                ? Optional.of(new MapFull())
                : Optional.empty();
        case "map", "hist", "stats" -> values(data);
        default -> Optional.empty();
      };
    } catch (JsonProcessingException _) {
      // A child that was killed leaves half a line.
      return Optional.empty();
    }
  }

  private static Optional<BpftraceLine> values(JsonNode data) {
    var maps = data.properties().iterator();
    if (!maps.hasNext()) {
      return Optional.empty();
    }
    var map = maps.next();
    var values = new LinkedHashMap<String, JsonNode>();
    if (map.getValue().isObject()) {
      map.getValue().properties().forEach(entry -> values.put(entry.getKey(), entry.getValue()));
    } else {
      values.put("", map.getValue());
    }
    return Optional.of(new Values(map.getKey(), values));
  }
}

package dev.heapwarden.probes.endpoint;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import dev.heapwarden.detection.sample.Signal;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;

/**
 * Reads what Go's expvar tells: of its variables memstats, which is {@code runtime.MemStats} as
 * JSON. src/expvar/expvar.go and src/runtime/mstats.go (Go 1.21 to 1.27).
 */
final class Variables {
  private static final String MEMORY = "memstats";
  private static final int DEEPEST = 64;
  private static final int LONGEST_NAME = 1_024;
  private static final int LONGEST_NUMBER = 64;

  /** Names that a program makes up are not kept beyond its answer. */
  private static final JsonFactory JSON =
      JsonFactory.builder()
          .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
          .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(DEEPEST)
                  .maxNameLength(LONGEST_NAME)
                  .maxNumberLength(LONGEST_NUMBER)
                  .build())
          .build();

  private static final Map<String, Signal> FIGURES =
      Map.of(
          "HeapSys", Signal.HEAP_SYS,
          "HeapInuse", Signal.HEAP_IN_USE,
          "HeapIdle", Signal.HEAP_IDLE,
          "HeapReleased", Signal.HEAP_RELEASED,
          "MSpanInuse", Signal.SPAN_IN_USE,
          "Mallocs", Signal.ALLOCATED_OBJECTS,
          "Frees", Signal.FREED_OBJECTS,
          "TotalAlloc", Signal.ALLOCATED_BYTES);

  /** Bytes that are allocated and not freed yet. */
  private static final String ALLOCATED = "HeapAlloc";

  private Variables() {}

  /**
   * Reads the object.
   *
   * @throws EndpointException when it is none, or tells nothing that is known
   */
  static Told read(InputStream body) throws IOException {
    try (var json = JSON.createParser(new InputStreamReader(body, StandardCharsets.UTF_8))) {
      json.disable(JsonParser.Feature.AUTO_CLOSE_SOURCE);
      if (json.nextToken() != JsonToken.START_OBJECT) {
        throw noObject();
      }
      return read(json);
    } catch (JsonProcessingException _) {
      // Its message quotes the text.
      throw noObject();
    }
  }

  private static Told read(JsonParser json) throws IOException {
    var memory = new HashMap<String, Double>();
    long others = 0;
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      boolean isMemory = json.currentName().equals(MEMORY);
      if (json.nextToken() == JsonToken.START_OBJECT && isMemory) {
        memory.putAll(numbers(json));
      } else {
        others++;
        json.skipChildren();
      }
    }
    var figures = figures(memory);
    if (figures.isEmpty()) {
      throw EndpointException.because(
          "no memstats of Go are in it: %d other variables".formatted(others));
    }
    return new Told(figures, json.currentLocation().getCharOffset(), 0);
  }

  /** The known ones among an object's fields. */
  private static Map<String, Double> numbers(JsonParser json) throws IOException {
    var numbers = new HashMap<String, Double>();
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      var name = json.currentName();
      if (json.nextToken().isNumeric() && (FIGURES.containsKey(name) || name.equals(ALLOCATED))) {
        numbers.put(name, json.getDoubleValue());
      } else {
        json.skipChildren();
      }
    }
    return numbers;
  }

  private static Map<Signal, Double> figures(Map<String, Double> memory) {
    var figures = new EnumMap<Signal, Double>(Signal.class);
    memory.forEach(
        (name, value) -> {
          var signal = FIGURES.get(name);
          if (signal != null && Double.isFinite(value) && value >= 0) {
            figures.put(signal, value);
          }
        });
    var total = figures.get(Signal.ALLOCATED_BYTES);
    var left = memory.get(ALLOCATED);
    if (total != null && left != null && left >= 0 && left <= total) {
      figures.put(Signal.FREED_BYTES, total - left);
    }
    return figures;
  }

  private static EndpointException noObject() {
    return EndpointException.because("its answer is no JSON object");
  }
}

package dev.heapwarden.probes.snapshot;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * One operation on a map.
 *
 * @param goroutine that did it; null where the layout of its release is not known
 * @param at seconds since the window was opened
 */
public record MapOperation(
    Kind operation,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Long goroutine,
    double at) {
  /** How many of each map are told. */
  static final int LAST = 3;

  private static final String MAP = "@op";

  /** What each has: its kind, its goroutine, and when it was. */
  private static final int FIELDS = 3;

  /** Tells bpftrace what is noted, before it is read for the first time. */
  static final String DECLARED =
      "%s[(uint64)0] = (%s);"
          .formatted(MAP, String.join(", ", Collections.nCopies(LAST * FIELDS, "(uint64)0")));

  public enum Kind {
    @JsonProperty("assign")
    ASSIGN(1),
    @JsonProperty("delete")
    DELETE(2),
    @JsonProperty("clear")
    CLEAR(3);

    /** In a window's map; 0 is for none. */
    private final int code;

    Kind(int code) {
      this.code = code;
    }

    private static Optional<Kind> of(int code) {
      return Arrays.stream(values()).filter(kind -> kind.code == code).findFirst();
    }
  }

  /**
   * Puts one before those that were noted of the map, of which the last goes.
   *
   * @param goroutine expression for its number; 0 for unknown
   */
  static String note(Kind kind, String goroutine) {
    var earlier = IntStream.range(0, (LAST - 1) * FIELDS).mapToObj("$o.%d"::formatted).toList();
    return "$o = %s[$map]; %s[$map] = ((uint64)%d, (uint64)%s, nsecs, %s);"
        .formatted(MAP, MAP, kind.code, goroutine, String.join(", ", earlier));
  }

  /**
   * What a window noted of a map, the last one first.
   *
   * @param started when it was opened, in nanoseconds
   */
  static List<MapOperation> of(JsonNode noted, long started) {
    var operations = new ArrayList<MapOperation>();
    for (int i = 0; i + FIELDS <= noted.size(); i += FIELDS) {
      long goroutine = noted.get(i + 1).asLong();
      double at = (noted.get(i + 2).asLong() - started) / 1e9;
      Kind.of(noted.get(i).asInt())
          .map(kind -> new MapOperation(kind, goroutine == 0 ? null : goroutine, at))
          .ifPresent(operations::add);
    }
    return List.copyOf(operations);
  }
}

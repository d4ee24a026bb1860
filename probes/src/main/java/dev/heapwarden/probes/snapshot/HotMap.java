package dev.heapwarden.probes.snapshot;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import dev.heapwarden.crds.snapshot.MapReport;
import dev.heapwarden.probes.gomemory.MapReading;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A map that was written in a window.
 *
 * @param growth that the window saw
 * @param table what was read of it afterwards; null where others grow faster
 * @param lastOperations that the window saw, the last one first
 */
public record HotMap(
    @JsonUnwrapped MapReport growth,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable MapReading table,
    List<MapOperation> lastOperations) {
  public HotMap {
    lastOperations = List.copyOf(lastOperations);
  }

  /** Whose last operations are not told yet. */
  HotMap(MapReport growth, @Nullable MapReading table) {
    this(growth, table, List.of());
  }

  HotMap ending(List<MapOperation> with) {
    return new HotMap(growth, table, with);
  }
}

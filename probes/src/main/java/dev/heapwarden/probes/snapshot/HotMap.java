package dev.heapwarden.probes.snapshot;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import dev.heapwarden.crds.snapshot.MapReport;
import dev.heapwarden.probes.gomemory.MapReading;
import org.jspecify.annotations.Nullable;

/**
 * A map that was written in a window.
 *
 * @param growth that the window saw
 * @param table what was read of it afterwards; null where others grow faster
 */
public record HotMap(
    @JsonUnwrapped MapReport growth,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable MapReading table) {}

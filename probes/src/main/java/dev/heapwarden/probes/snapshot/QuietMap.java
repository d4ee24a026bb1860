package dev.heapwarden.probes.snapshot;

import dev.heapwarden.probes.gomemory.MapReading;
import dev.heapwarden.probes.sample.GrownMap;

/**
 * A map that was seen to grow before a window, but not in it.
 *
 * @param instance its address, hex
 * @param type such as {@code map[string]*main.session}; empty when unknown
 * @param site function that made it grow; empty when unknown
 * @param location where in it, such as {@code main.go:42}; empty when unknown
 * @param grownTo entries that it held when it grew last
 * @param table what was read of it after the window
 */
public record QuietMap(
    String instance, String type, String site, String location, long grownTo, MapReading table) {
  static QuietMap of(GrownMap grown, MapReading table) {
    var map = grown.map();
    return new QuietMap(
        map.address(), map.type(), map.site(), map.location(), grown.last().entries(), table);
  }
}

package dev.heapwarden.detection.sample;

/**
 * A Go map in a process's memory.
 *
 * @param pid process id as the agent sees it
 * @param address of the map's header, hex with 0x; never re-used while the map lives, since Go does
 *     not move it
 * @param site function that made it grow, such as {@code main.handle}; empty when the stack could
 *     not be named
 * @param location where in it, such as {@code main.go:42}; empty when unknown
 * @param type with its keys' and elements' types, such as {@code map[string]*main.session}; empty
 *     when unknown
 */
public record MapInstance(long pid, String address, String site, String location, String type)
    implements Subject {
  /** An agent of an earlier version says neither location nor type. */
  public MapInstance {
    location = location == null ? "" : location;
    type = type == null ? "" : type;
  }

  /** Of which only the writer is known. */
  public MapInstance(long pid, String address, String site) {
    this(pid, address, site, "", "");
  }
}

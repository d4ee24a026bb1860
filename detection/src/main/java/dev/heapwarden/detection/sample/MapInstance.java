package dev.heapwarden.detection.sample;

/**
 * A Go map in a process's memory.
 *
 * @param pid process id as the agent sees it
 * @param address of the map's header, hex with 0x; never re-used while the map lives, since Go does
 *     not move it
 * @param site function that made it grow, such as {@code main.handle}; empty when the stack could
 *     not be named
 */
public record MapInstance(long pid, String address, String site) implements Subject {}

package dev.heapwarden.detection.sample;

/**
 * A class of the application in a JVM.
 *
 * @param pid process id as the agent sees it
 * @param name binary name, such as {@code shop.Orders$OrderKey}
 * @param instanceBytes size of one instance without what it refers to; of arrays the average
 */
public record JavaClass(long pid, String name, long instanceBytes) implements Subject {}

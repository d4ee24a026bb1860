package dev.heapwarden.operator.collect;

import java.net.URI;

/**
 * One node's agent.
 *
 * @param name of its pod
 * @param uid of its pod: a restarted pod is another agent
 * @param address scheme, the pod's own IP, and port
 */
public record Agent(String name, String uid, String node, URI address) {}

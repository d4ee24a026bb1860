package dev.heapwarden.operator.evaluate;

/**
 * What a pod is a replica of: the Deployment of a ReplicaSet's pod, the CronJob of a Job's, its
 * owner, or the pod itself.
 */
public record Workload(String kind, String name, String uid) {}

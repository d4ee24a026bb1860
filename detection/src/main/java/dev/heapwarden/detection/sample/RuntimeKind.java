package dev.heapwarden.detection.sample;

/** What runs in a container, told by its main process's executable. */
public enum RuntimeKind {
  GO,
  JVM,
  NATIVE,
  /** The agent has not been able to look yet. */
  UNKNOWN
}

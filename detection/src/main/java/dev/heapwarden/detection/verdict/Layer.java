package dev.heapwarden.detection.verdict;

public enum Layer {
  APPLICATION,
  RUNTIME,
  KERNEL
}

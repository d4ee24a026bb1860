package dev.heapwarden.detection.verdict;

/** Who holds the memory. */
public enum Layer {
  /** The program's own code, as objects on the managed heap. */
  APPLICATION,
  /** What the runtime keeps for it: classes, threads, direct buffers. */
  RUNTIME,
  /** Outside the managed heap, where only the kernel sees it. */
  KERNEL
}

package dev.heapwarden.crds.snapshot;

import com.fasterxml.jackson.annotation.JsonProperty;

public enum SnapshotKind {
  @JsonProperty("Auto")
  AUTO,
  /**
   * A short window of mapassign probes: which Go map instances grow, how large they are, who writes
   * them.
   */
  @JsonProperty("MapGrowth")
  MAP_GROWTH,
  /** A short window of kmalloc by size and stack. */
  @JsonProperty("KernelMemory")
  KERNEL_MEMORY,
  /**
   * A short window on the C library's malloc, free and mmap: which functions allocate what is not
   * given back. The first half notes blocks, the second waits for their end.
   */
  @JsonProperty("NativeAllocations")
  NATIVE_ALLOCATIONS,
  /**
   * The heap by allocation site, for go tool pprof: /debug/pprof/heap?gc=1 where the policy names
   * its port; else what the runtime keeps in the program's memory, as of its last collection.
   */
  @JsonProperty("GoHeapProfile")
  GO_HEAP_PROFILE,
  /**
   * Who holds the heap of a Go program, at the start and the end of a window: its global variables,
   * and its goroutines by what lies on their stacks. From its memory, symbols are needed.
   */
  @JsonProperty("GoHeapHolders")
  GO_HEAP_HOLDERS,
  /**
   * The goroutines by stack, for go tool pprof: /debug/pprof/goroutine where the policy names its
   * port; else from the program's memory, with what they wait for, who created them and how long
   * they wait.
   */
  @JsonProperty("Goroutines")
  GOROUTINES,
  /**
   * Where goroutines of a Go program kept others waiting for a mutex: /debug/pprof/mutex, where the
   * policy names its port and the program samples them.
   */
  @JsonProperty("MutexProfile")
  MUTEX_PROFILE,
  /** The figures of a Go program's allocator and collector, from its memory. */
  @JsonProperty("MemStats")
  MEM_STATS,
  /** The stacks of all threads of a JVM: Thread.print over its attach protocol. */
  @JsonProperty("ThreadDump")
  THREAD_DUMP,
  /**
   * What a JVM's heap holds by class, garbage included, three times in the window: which classes
   * grow. Never forces a collection.
   */
  @JsonProperty("ClassHistogram")
  CLASS_HISTOGRAM,
  /**
   * VM.native_memory, with detail where the JVM tracks it; only of one that was started with
   * NativeMemoryTracking.
   */
  @JsonProperty("NativeMemory")
  NATIVE_MEMORY,
  /** GC.heap_info of a JVM. */
  @JsonProperty("HeapInfo")
  HEAP_INFO,
  /** GC.finalizer_info of a JVM: the objects that wait for their finalizer, by class. */
  @JsonProperty("FinalizerInfo")
  FINALIZER_INFO,
  /** What the memory of the main process is mapped for, by name: sizes, from its smaps. */
  @JsonProperty("Smaps")
  SMAPS,
  /**
   * VM.flags of a JVM, and whether it would start with the options of the order or already runs
   * with them; of a Go program the names of the variables by which its runtime is set.
   */
  @JsonProperty("Flags")
  FLAGS,
  /**
   * Some instances of a class of a JVM and the fields that hold them, from a heap dump that is
   * deleted at once. It stops the JVM: taken only of an isolated pod, or where the heap is small.
   */
  @JsonProperty("InstanceSample")
  INSTANCE_SAMPLE,
  /**
   * The live objects of a JVM as it writes them (HPROF), compressed: all that its memory holds. It
   * stops the JVM: taken only where that harms nobody.
   */
  @JsonProperty("HeapDump")
  HEAP_DUMP,
  /**
   * A full collection of a JVM, GC.run, and what it gave back. It stops the JVM, and gives back
   * nothing that leaks: taken only where it is asked for by name and no probe of the pod notices.
   */
  @JsonProperty("CollectGarbage")
  COLLECT_GARBAGE,
  /**
   * What the C library of a JVM keeps of native memory that was freed goes back to the system,
   * System.trim_native_heap, and how much that was.
   */
  @JsonProperty("TrimNativeHeap")
  TRIM_NATIVE_HEAP,
  /**
   * The end of what the container wrote in its life before the one that runs now, at most a MiB, as
   * the kubelet keeps it: why it crashed.
   */
  @JsonProperty("PreviousLog")
  PREVIOUS_LOG
}

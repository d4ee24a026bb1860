package dev.heapwarden.crds.snapshot;

import java.util.Arrays;

/**
 * Classes of the JDK by whose growth the reason of another's is told. Their instances are small, so
 * that a report of the fastest growing classes keeps them beside those. All have these names in JDK
 * 17 and 25, in the files of src/java.base/share/classes that are named here.
 */
public enum TellingClass {
  /** Made of each object that has a finalizer, until that ran (java/lang/ref/Finalizer.java). */
  FINALIZER("java.lang.ref.Finalizer"),
  /** Direct memory (java/nio/Direct-X-Buffer.java.template); also slices and mapped files. */
  DIRECT_BUFFER("java.nio.DirectByteBuffer"),
  /** What frees memory that allocateDirect took, one for each (the same file). */
  DEALLOCATOR("java.nio.DirectByteBuffer$Deallocator"),
  /** Has some 260 KiB of native memory until end() or close() (java/util/zip/Deflater.java). */
  DEFLATER("java.util.zip.Deflater$DeflaterZStreamRef"),
  /** The same, of some 40 KiB (java/util/zip/Inflater.java). */
  INFLATER("java.util.zip.Inflater$InflaterZStreamRef"),
  /** What waits for its time (java/util/concurrent/ScheduledThreadPoolExecutor.java). */
  SCHEDULED_TASK("java.util.concurrent.ScheduledThreadPoolExecutor$ScheduledFutureTask"),
  /** One for each thread that has ThreadLocals (java/lang/ThreadLocal.java). */
  THREAD_LOCAL_MAP("java.lang.ThreadLocal$ThreadLocalMap"),
  /** One for each ThreadLocal of a thread (the same file). */
  THREAD_LOCAL("java.lang.ThreadLocal$ThreadLocalMap$Entry"),
  /** Entry of a bin of eight or more of a table of 64 or more (java/util/HashMap.java). */
  TREE_NODE("java.util.HashMap$TreeNode"),
  /** The same (java/util/concurrent/ConcurrentHashMap.java). */
  CONCURRENT_TREE_NODE("java.util.concurrent.ConcurrentHashMap$TreeNode");

  private final String className;

  TellingClass(String className) {
    this.className = className;
  }

  /** As a histogram prints it. */
  public String className() {
    return className;
  }

  /** Whether one of them has this name. */
  public static boolean isOne(String name) {
    return Arrays.stream(values()).anyMatch(known -> known.className.equals(name));
  }
}

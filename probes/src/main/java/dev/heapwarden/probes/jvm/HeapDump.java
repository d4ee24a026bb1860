package dev.heapwarden.probes.jvm;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;

/**
 * The live objects of a JVM in a file that has no name any more: it ends with whoever has it open,
 * however that ends.
 */
public final class HeapDump implements AutoCloseable {
  /** S_IFREG of inode(7). */
  private static final int REGULAR_FILE = 0100000;

  /**
   * Said of a dump that is whole; of another, which a full disk cut, that it is incomplete (JDK 17
   * and 25, src/hotspot/share/services/heapDumper.cpp).
   */
  private static final String WHOLE = "Heap dump file created";

  /** What the JVM says of a dump is a line or two. */
  private static final int TEXT = 4096;

  private final Held file;
  private final Duration stall;

  private HeapDump(Held file, Duration stall) {
    this.file = file;
    this.stall = stall;
  }

  /**
   * Has a JVM write one, and deletes the file.
   *
   * @param largest bytes that are read
   * @throws JvmAttach.RefusedException when the JVM cannot be asked
   * @throws IOException when it wrote none, or one that is not taken
   */
  public static HeapDump take(
      JvmAttach attach,
      long pid,
      Path procRoot,
      JvmAttach.Check stillIt,
      DumpPlace place,
      long largest,
      Duration deadline)
      throws IOException, InterruptedException {
    var process = procRoot.resolve(Long.toString(pid));
    if (!stillIt.holds()) {
      throw new IOException("process " + pid + " is another one now");
    }
    try (var directory = DumpDirectory.create(process.resolve("root"), place.path())) {
      var name = DumpDirectory.unguessable();
      long began = System.nanoTime();
      var said =
          attach.ask(
              pid,
              stillIt,
              "GC.heap_dump " + directory.path().resolve(name),
              deadline,
              answer -> new String(answer.readNBytes(TEXT), StandardCharsets.UTF_8));
      var stall = Duration.ofNanos(System.nanoTime() - began);
      return new HeapDump(written(directory, name, process, largest, said), stall);
    }
  }

  private static Held written(
      DumpDirectory directory, String name, Path process, long largest, String said)
      throws IOException {
    Held file;
    try {
      file = directory.file(name);
    } catch (IOException none) {
      throw new IOException("the JVM wrote no dump: " + said.strip());
    }
    try {
      if (file.type() != REGULAR_FILE || file.owner() != ProcessStatus.read(process).fileUid()) {
        throw new IOException("another file was put in the place of the dump");
      }
      if (!said.contains(WHOLE)) {
        throw new IOException("the JVM wrote no whole dump: " + said.strip());
      }
      if (Files.size(file.path()) > largest) {
        throw new IOException("the dump has " + Files.size(file.path()) + " bytes");
      }
      directory.delete(name);
      return file;
    } catch (IOException | RuntimeException failure) {
      file.close();
      throw failure;
    }
  }

  /** Deletes what agents that ended meanwhile left in a container before a time. */
  public static void sweep(long pid, Path procRoot, Instant before) {
    for (var place : DumpPlace.CANDIDATES) {
      try {
        if (DumpPlace.isLocal(pid, procRoot, place)) {
          DumpDirectory.sweep(procRoot.resolve(pid + "/root"), place, before);
        }
      } catch (IOException | UncheckedIOException _) {
        // It has no such directory, or ended.
      }
    }
  }

  /** Leads to it while this is open. */
  public Path path() {
    return file.path();
  }

  /** For how long the program stood still at most. */
  public Duration stall() {
    return stall;
  }

  @Override
  public void close() {
    file.close();
  }
}

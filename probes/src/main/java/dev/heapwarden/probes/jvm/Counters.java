package dev.heapwarden.probes.jvm;

import dev.heapwarden.detection.sample.Origin;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/** Where a JVM keeps its performance counters: in a file, or in its memory alone. */
public sealed interface Counters permits CountersFile, CountersMemory {
  /**
   * Looks for the counters of a JVM; empty where it has none: it was started with -XX:-UsePerfData.
   *
   * @throws IOException when the process ended, or they are not to be had
   */
  static Optional<Counters> of(long pid, Path procRoot) throws IOException {
    var process = JvmProcess.of(pid, procRoot);
    try {
      var file = CountersFile.of(process);
      if (file.isPresent()) {
        return Optional.of(file.get());
      }
    } catch (IOException notThere) {
      return inMemory(process, notThere);
    }
    return CountersMemory.of(process);
  }

  /** As {@link #of}; empty too where they are not to be had. See {@link #now}. */
  static Optional<Counters> readable(long pid, Path procRoot) {
    try {
      return of(pid, procRoot);
    } catch (IOException _) {
      return Optional.empty();
    }
  }

  private static Optional<Counters> inMemory(JvmProcess process, IOException withoutFile)
      throws IOException {
    try {
      return CountersMemory.of(process);
    } catch (IOException neither) {
      withoutFile.addSuppressed(neither);
      throw withoutFile;
    }
  }

  /** Which source speaks. */
  Origin origin();

  /** The JVM's pid as it sees it itself. */
  long innerPid();

  /** All of them, as they are now. */
  PerfData data() throws IOException;

  /** The file they are in, on the whole node; empty where they are in none. */
  default Optional<Held.Id> file() {
    return Optional.empty();
  }

  /**
   * Reads them.
   *
   * @throws IOException when what is there now is another file, or no counters
   */
  default JvmCounters read() throws IOException {
    return JvmCounters.of(origin(), data());
  }

  /**
   * As {@link #read}; empty where they cannot be read: of a JVM that has not written all of them
   * yet, or whose file was replaced meanwhile.
   */
  default Optional<JvmCounters> now() {
    return dataNow().map(counters -> JvmCounters.of(origin(), counters));
  }

  /** As {@link #data}; empty where they cannot be read. */
  default Optional<PerfData> dataNow() {
    try {
      return Optional.of(data());
    } catch (IOException _) {
      return Optional.empty();
    }
  }
}

package dev.heapwarden.probes.heap;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.heapwarden.probes.probe.ChildProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** Reads dumps by a child with a heap of its own, at the lowest priority. */
public final class HeapDumpReader {
  /** For one dump. */
  public static final Duration DEADLINE = Duration.ofMinutes(2);

  /** Of a dump that can be read. */
  public static final int OBJECTS = 6_000_000;

  /**
   * Shark keeps about 23 bytes for each object, and the search 8: enough for that many. With the
   * agent's own 128 MiB and bpftrace it is within the limit of the agent's pod.
   */
  private static final String HEAP = "-Xmx256m";

  /** JDK 25, src/hotspot/share/utilities/debug.cpp: what ExitOnOutOfMemoryError ends with. */
  private static final int OUT_OF_MEMORY = 3;

  /** Of fifty instances, a few hundred KiB at most. */
  private static final int TEXT = 4 << 20;

  private HeapDumpReader() {}

  /**
   * Searches a dump.
   *
   * @param dump where it can be opened; the child gets it open, and no path
   * @param limit of the sample
   * @throws IOException when it cannot be read
   */
  public static InstanceSample search(Path dump, String className, int limit) throws IOException {
    var printed = new StringBuilder();
    var child =
        ChildProcess.reading(
            dump,
            "heap-dump",
            List.of(
                "nice",
                "-n",
                "19",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-XX:-UsePerfData",
                "-XX:+ExitOnOutOfMemoryError",
                HEAP,
                "-cp",
                System.getProperty("java.class.path"),
                HeapDumpMain.class.getName()),
            Map.of(HeapDumpMain.CLASS, className, HeapDumpMain.LIMIT, Integer.toString(limit)),
            line -> {
              if (printed.length() + line.length() < TEXT) {
                printed.append(line);
              }
            },
            DEADLINE);
    int status = child.ended().join();
    if (status == OUT_OF_MEMORY) {
      throw new IOException("the dump has more objects than can be read in 256 MiB");
    }
    if (status != 0) {
      throw new IOException("the dump could not be read: " + child.complaint());
    }
    try {
      return new ObjectMapper().readValue(printed.toString(), InstanceSample.class);
    } catch (JsonProcessingException malformed) {
      // Without its message, which quotes what was read.
      throw new IOException("the dump's reader printed no sample");
    }
  }
}

package dev.heapwarden.probes.jvm;

import dev.heapwarden.probes.target.ProcFs;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The file in which a JVM keeps its performance counters: /tmp/hsperfdata_USER/PID below its own
 * root. Another JVM's may lie there, where containers share their /tmp and each counts its pids
 * from 1; so it is the one that the kernel says is mapped into this process.
 */
public final class CountersFile {
  /** A process with more mappings than this is read no further. */
  private static final int MAPPINGS = 65_536;

  /** A line of maps of proc(5): the inode, and a path as the process sees it. */
  private static final Pattern MAPPED =
      Pattern.compile(
          "\\S+\\s+rw-s\\s+\\S+\\s+\\S+\\s+(\\d+)\\s.*/tmp/(hsperfdata_[^/]+)/(\\d+)("
              + " \\(deleted\\))?");

  private final JvmProcess process;
  private final Path directory;
  private final Held.Id id;

  private CountersFile(JvmProcess process, Path directory, Held.Id id) {
    this.process = process;
    this.directory = directory;
    this.id = id;
  }

  /**
   * Looks for the counters of a JVM; empty where none are mapped into it: it was started with
   * -XX:-UsePerfData, by a user without a name, or found the file locked by another JVM.
   *
   * @throws IOException when the process ended, or the file is not where it was mapped from
   */
  public static Optional<CountersFile> of(long pid, Path procRoot) throws IOException {
    return of(JvmProcess.of(pid, procRoot));
  }

  /** As {@link #of}; empty too where the file is not to be had. See {@link #now}. */
  public static Optional<CountersFile> readable(long pid, Path procRoot) {
    try {
      return of(pid, procRoot);
    } catch (IOException _) {
      return Optional.empty();
    }
  }

  private static Optional<CountersFile> of(JvmProcess process) throws IOException {
    try (var maps =
        Files.newBufferedReader(process.directory().resolve("maps"), ProcFs.ANY_BYTES)) {
      var mapped =
          maps.lines()
              .limit(MAPPINGS)
              .map(MAPPED::matcher)
              .filter(Matcher::matches)
              .filter(line -> line.group(3).equals(Long.toString(process.innerPid())))
              .findFirst();
      return mapped.isEmpty() ? Optional.empty() : Optional.of(of(process, mapped.get()));
    } catch (UncheckedIOException ended) {
      throw ended.getCause();
    }
  }

  /** Devices are not compared: those of an overlay differ between the two. */
  private static CountersFile of(JvmProcess process, Matcher mapped) throws IOException {
    if (mapped.group(4) != null) {
      throw new IOException("its counters file was deleted from /tmp");
    }
    var directory = ProcFs.path(mapped.group(2));
    try (var tmp = Held.directory(process.temporaryPath());
        var file = open(process, tmp, directory)) {
      if (file.id().inode() != Long.parseLong(mapped.group(1))) {
        throw new IOException("the counters file in its /tmp is that of another process");
      }
      return new CountersFile(process, directory, file.id());
    }
  }

  /** Which file it is, on the whole node. */
  public Held.Id id() {
    return id;
  }

  /** The JVM's pid as it sees it itself. */
  public long innerPid() {
    return process.innerPid();
  }

  /**
   * Reads them.
   *
   * @throws IOException when the file is another one now, or none of counters
   */
  public JvmCounters read() throws IOException {
    return JvmCounters.of(data());
  }

  /**
   * As {@link #read}; empty where they cannot be read: of a JVM that has not written all of them
   * yet, or whose file was replaced meanwhile.
   */
  public Optional<JvmCounters> now() {
    return dataNow().map(JvmCounters::of);
  }

  Optional<PerfData> dataNow() {
    try {
      return Optional.of(data());
    } catch (IOException _) {
      return Optional.empty();
    }
  }

  private PerfData data() throws IOException {
    try (var tmp = Held.directory(process.temporaryPath());
        var file = open(process, tmp, directory)) {
      if (!file.id().equals(id)) {
        throw new IOException("its counters file was replaced by another");
      }
      return PerfData.read(file);
    }
  }

  private static Held open(JvmProcess process, Held tmp, Path directory) throws IOException {
    try (var user = Held.directory(tmp.path().resolve(directory))) {
      return Held.file(user.path().resolve(Long.toString(process.innerPid())));
    }
  }
}

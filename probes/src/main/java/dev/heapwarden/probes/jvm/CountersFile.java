package dev.heapwarden.probes.jvm;

import dev.heapwarden.detection.sample.Origin;
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
final class CountersFile implements Counters {
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
   * Looks for it; empty where none is mapped into the JVM.
   *
   * @throws IOException when the process ended, or the file is not where it was mapped from
   */
  static Optional<CountersFile> of(JvmProcess process) throws IOException {
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

  @Override
  public Origin origin() {
    return Origin.HSPERFDATA;
  }

  @Override
  public long innerPid() {
    return process.innerPid();
  }

  @Override
  public Optional<Held.Id> file() {
    return Optional.of(id);
  }

  @Override
  public PerfData data() throws IOException {
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

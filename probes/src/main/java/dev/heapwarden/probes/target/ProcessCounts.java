package dev.heapwarden.probes.target;

import dev.heapwarden.detection.sample.Signal;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** What /proc counts of the processes of a container together. */
public final class ProcessCounts {
  /** Of a process with more open files no more are counted where they have to be listed. */
  private static final int FILES_LIMIT = 65_536;

  private final ProcFs proc;

  public ProcessCounts(ProcFs proc) {
    this.proc = proc;
  }

  /** Open files and threads; nothing where none of the processes runs any more. */
  public Map<Signal, Double> of(List<TargetProcess> processes) {
    long files = 0;
    long threads = 0;
    for (var process : processes) {
      try {
        long pid = process.pid();
        if (proc.startTicks(pid) == process.identity().startTicks()) {
          long its = openFiles(pid);
          threads += proc.threads(pid);
          files += its;
        }
      } catch (IOException _) {
        // It ended.
      }
    }
    return threads == 0
        ? Map.of()
        : Map.of(Signal.OPEN_FILES, (double) files, Signal.OS_THREADS, (double) threads);
  }

  /**
   * How many file descriptors a process has open: since Linux 6.2 the size of /proc/PID/fd
   * (proc_fd_getattr of fs/proc/fd.c); before that, where it is 0, they are listed, up to {@value
   * #FILES_LIMIT}.
   */
  private long openFiles(long pid) throws IOException {
    var descriptors = proc.directory(pid).resolve("fd");
    long size = Files.size(descriptors);
    return size > 0 ? size : listed(descriptors);
  }

  static long listed(Path descriptors) throws IOException {
    long listed = 0;
    try (var files = Files.newDirectoryStream(descriptors)) {
      for (var file = files.iterator(); file.hasNext() && listed < FILES_LIMIT; listed++) {
        file.next();
      }
    } catch (DirectoryIteratorException ended) {
      throw ended.getCause();
    }
    return listed;
  }
}

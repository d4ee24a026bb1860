package dev.heapwarden.probes.jvm;

import dev.heapwarden.probes.go.ExecutableId;
import dev.heapwarden.probes.target.ProcFs;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Whether a JVM's collections can be seen by the static probes in its libjvm. */
public sealed interface JvmUsdt {
  /** The name under which it is told. */
  String PROBE = "JvmUsdt";

  /**
   * They can.
   *
   * @param id of the file, whoever runs it
   * @param library through the JVM's own root
   */
  record Found(ExecutableId id, Path library, JvmProbes probes) implements JvmUsdt {}

  /** They cannot. */
  record Refused(String reason) implements JvmUsdt {}

  /** Looks for the probes in what a process has loaded. */
  static JvmUsdt of(long pid, Path procRoot) {
    try {
      return LibraryFile.of(procRoot.resolve(Long.toString(pid)));
    } catch (IOException unreadable) {
      return new Refused(String.valueOf(unreadable.getMessage()));
    }
  }

  /** The file of a libjvm. */
  final class LibraryFile {
    private static final int MAPPINGS = 65_536;

    /** A line of maps of proc(5): the inode, and a path as the process sees it. */
    private static final Pattern MAPPED =
        Pattern.compile(
            "\\S+\\s+r\\S+\\s+0+\\s+\\S+\\s+([1-9]\\d*)\\s+(/.*/libjvm\\.so)( \\(deleted\\))?");

    private LibraryFile() {}

    private static Found of(Path process) throws IOException {
      try (var maps = Files.newBufferedReader(process.resolve("maps"), ProcFs.ANY_BYTES)) {
        var mapped =
            maps.lines()
                .limit(MAPPINGS)
                .map(MAPPED::matcher)
                .filter(Matcher::matches)
                .findFirst()
                .orElseThrow(() -> new IOException("it has loaded no libjvm"));
        return of(process.resolve("root"), mapped);
      } catch (UncheckedIOException ended) {
        throw ended.getCause();
      }
    }

    /** Devices are not compared: those of an overlay differ between the two. */
    private static Found of(Path root, Matcher mapped) throws IOException {
      var inside = Path.of("/").relativize(ProcFs.path(mapped.group(2)));
      int directories = inside.getNameCount() - 1;
      if (directories == 0) {
        throw new IOException("its libjvm is in no directory");
      }
      try (var directory = Held.below(root, inside.subpath(0, directories));
          var file = Held.file(directory.path().resolve(inside.getName(directories)))) {
        if (mapped.group(3) != null || file.id().inode() != Long.parseLong(mapped.group(1))) {
          throw new IOException("its libjvm was deleted or replaced");
        }
        return new Found(
            new ExecutableId(file.id().device(), file.id().inode()),
            root.resolve(inside),
            JvmProbes.read(file.path()));
      }
    }
  }
}

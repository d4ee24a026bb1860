package dev.heapwarden.probes.jvm;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Where a JVM writes what it logs of its collections, by the options that it was started with:
 * -Xlog of java(1), and the older ones that stand for it (JDK 17 and 25,
 * src/hotspot/share/logging/logConfiguration.cpp and runtime/arguments.cpp). Options in files are
 * not read.
 */
public sealed interface GcLogOutput {
  /** The name under which it is told whether it is read. */
  String PROBE = "JvmGcLog";

  /**
   * Standard output or standard error, which a container's log holds both.
   *
   * @param twice whether a collection is written to both
   */
  record Console(boolean twice) implements GcLogOutput {}

  /**
   * A file of its own.
   *
   * @param name pattern that its name matches, without directories
   */
  record File(Pattern name) implements GcLogOutput {
    /** Descriptors are looked at no further; a log is opened early. */
    private static final int DESCRIPTORS = 10_000;

    /**
     * What the JVM fills in: %p its pid, %t when it started, %hn its host, which JDK 17 and 21
     * leave as it is.
     */
    private static final Map<String, String> PLACEHOLDERS =
        Map.of("%p", "[0-9]{1,10}", "%t", "[0-9_-]{19}", "%hn", ".*");

    private static final Pattern SPECIAL = Pattern.compile("%p|%t|%hn|/");

    /**
     * Of each placeholder only the first in the whole path is filled in (JDK 17 to 25,
     * src/hotspot/share/logging/logFileOutput.cpp, make_file_name). So at most one piece is of any
     * length, and matching takes no time whatever the name is.
     */
    static File named(String path) {
      var pattern = new StringBuilder();
      var filled = new HashSet<String>();
      int from = 0;
      for (var special : SPECIAL.matcher(path).results().toList()) {
        if (special.group().equals("/")) {
          pattern.setLength(0);
          from = special.end();
        } else if (filled.add(special.group())) {
          pattern
              .append(Pattern.quote(path.substring(from, special.start())))
              .append(PLACEHOLDERS.get(special.group()));
          from = special.end();
        }
      }
      pattern.append(Pattern.quote(path.substring(from)));
      return new File(Pattern.compile(pattern.toString(), Pattern.DOTALL));
    }

    /**
     * Finds it among the files that the JVM has open: its name may be relative to a directory that
     * is another by now, or lead through symbolic links, and the kernel knows where it lies.
     *
     * @return its path as the container has it
     * @throws IOException when it is not open
     */
    public Path find(long pid, Path procRoot) throws IOException {
      try (var descriptors =
          Files.newDirectoryStream(procRoot.resolve(Long.toString(pid)).resolve("fd"))) {
        int looked = 0;
        for (var descriptor : descriptors) {
          var file = target(descriptor);
          if (file.isPresent()) {
            return file.get();
          }
          if (++looked == DESCRIPTORS) {
            break;
          }
        }
      }
      throw new IOException("it has no file open by the name that its -Xlog gives");
    }

    private Optional<Path> target(Path descriptor) {
      try {
        var file = Files.readSymbolicLink(descriptor);
        return file.isAbsolute()
                && file.getNameCount() > 0
                && name.matcher(file.getFileName().toString()).matches()
            ? Optional.of(file)
            : Optional.empty();
      } catch (IOException _) {
        // It was closed meanwhile.
        return Optional.empty();
      }
    }
  }

  /**
   * Reads the options of a running JVM; empty where none asks for such lines.
   *
   * @throws IOException when the process ended
   */
  static Optional<GcLogOutput> of(long pid, Path procRoot) throws IOException {
    return of(new Launch(procRoot.resolve(Long.toString(pid))).all());
  }

  /** That which is told most; of two alike the file, in which nothing else stands. */
  static Optional<GcLogOutput> of(List<String> options) {
    var outputs = new LinkedHashMap<String, List<LogSelection>>();
    options.forEach(option -> Xlog.apply(option, outputs));
    outputs.values().removeIf(selected -> !Xlog.COLLECTIONS.isIn(selected));
    return outputs.entrySet().stream()
        .max(
            Comparator.<Map.Entry<String, List<LogSelection>>, Boolean>comparing(
                    output -> Xlog.HEAP.isIn(output.getValue()))
                .thenComparing(output -> !Xlog.STREAMS.contains(output.getKey())))
        .map(
            output ->
                Xlog.STREAMS.contains(output.getKey())
                    ? new Console(outputs.keySet().containsAll(Xlog.STREAMS))
                    : File.named(output.getKey().substring(Xlog.FILE.length())));
  }

  /** How outputs are named. */
  final class Xlog {
    static final LogSelection COLLECTIONS = LogSelection.of("gc=info");
    static final LogSelection HEAP = LogSelection.of("gc+heap=info");

    static final String FILE = "file=";
    private static final String OUT = "stdout";
    private static final String ERROR = "stderr";
    static final Set<String> STREAMS = Set.of(OUT, ERROR);

    private static final String OPTION = "-Xlog";
    private static final String OLD_FILE = "-Xloggc:";

    /** The options of before JDK 9 that -Xlog has taken the place of. */
    private static final Map<String, String> OLD =
        Map.of("-verbose:gc", "gc", "-XX:+PrintGC", "gc", "-XX:+PrintGCDetails", "gc*");

    private Xlog() {}

    static void apply(String option, Map<String, List<LogSelection>> outputs) {
      var old = OLD.get(option);
      if (old != null) {
        select(outputs, OUT, old);
      } else if (option.startsWith(OLD_FILE)) {
        select(outputs, FILE + option.substring(OLD_FILE.length()), "gc");
      } else if (option.equals(OPTION)) {
        select(outputs, OUT, "all");
      } else if (option.equals(OPTION + ":disable")) {
        outputs.clear();
      } else if (option.startsWith(OPTION + ":")) {
        var parts = parts(option.substring(OPTION.length() + 1));
        select(outputs, parts.size() < 2 ? OUT : output(parts.get(1)), parts.getFirst());
      }
    }

    private static void select(
        Map<String, List<LogSelection>> outputs, String output, String selections) {
      var selected = outputs.computeIfAbsent(output, _ -> new ArrayList<>());
      for (var selection : (selections.isEmpty() ? "all" : selections).split(",", -1)) {
        selected.add(LogSelection.of(selection));
      }
    }

    private static String output(String text) {
      return switch (text) {
        case "", OUT, "#0" -> OUT;
        case ERROR, "#1" -> ERROR;
        default -> text.startsWith(FILE) ? text : FILE + text;
      };
    }

    /** Parted by colons, of which a file's name may have some where it is quoted. */
    private static List<String> parts(String text) {
      var parts = new ArrayList<String>();
      var part = new StringBuilder();
      boolean quoted = false;
      for (int i = 0; i < text.length(); i++) {
        char next = text.charAt(i);
        if (next == '"') {
          quoted = !quoted;
        } else if (next == ':' && !quoted) {
          parts.add(part.toString());
          part.setLength(0);
        } else {
          part.append(next);
        }
      }
      parts.add(part.toString());
      return parts;
    }
  }
}

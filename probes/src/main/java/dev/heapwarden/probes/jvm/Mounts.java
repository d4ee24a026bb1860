package dev.heapwarden.probes.jvm;

import dev.heapwarden.probes.target.ProcFs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What is mounted where, as a process sees it: /proc/PID/mountinfo of proc(5).
 *
 * @param all in the order in which they were mounted
 */
record Mounts(List<Mount> all) {
  private static final int LIMIT = 4096;
  private static final Pattern OCTAL = Pattern.compile("\\\\([0-7]{3})");

  /**
   * One mount.
   *
   * @param point where it is, from the process's own root
   * @param type such as ext4 or tmpfs
   * @param options of the file system, such as rw,upperdir=/var/lib/...
   */
  record Mount(Path point, boolean readOnly, String type, List<String> options) {
    Optional<String> option(String name) {
      return options.stream()
          .filter(option -> option.startsWith(name + "="))
          .map(option -> option.substring(name.length() + 1))
          .findFirst();
    }
  }

  static Mounts read(Path process) throws IOException {
    try (Stream<String> lines = Files.lines(process.resolve("mountinfo"), ProcFs.ANY_BYTES)) {
      var mounts = new ArrayList<Mount>();
      for (var line : lines.limit(LIMIT).toList()) {
        parse(line).ifPresent(mounts::add);
      }
      return new Mounts(List.copyOf(mounts));
    }
  }

  /** Where something is mounted. */
  Set<Path> points() {
    return all.stream().map(Mount::point).collect(Collectors.toSet());
  }

  /** The mount that a path is on: the deepest, of several at one point the last. */
  Optional<Mount> of(Path path) {
    return all.stream()
        .filter(mount -> path.startsWith(mount.point()))
        .max(Comparator.comparingInt(mount -> mount.point().getNameCount()))
        .flatMap(
            deepest ->
                all.stream()
                    .filter(mount -> mount.point().equals(deepest.point()))
                    .reduce((_, later) -> later));
  }

  private static Optional<Mount> parse(String line) throws IOException {
    var halves = line.split(" - ", 2);
    var mount = halves[0].split(" ", -1);
    if (halves.length < 2 || mount.length < 6) {
      return Optional.empty();
    }
    var fileSystem = halves[1].split(" ", 3);
    var options = List.of(fileSystem[fileSystem.length - 1].split(",", -1));
    return Optional.of(
        new Mount(
            ProcFs.path(unescaped(mount[4])),
            List.of(mount[5].split(",", -1)).contains("ro") || options.contains("ro"),
            fileSystem[0],
            options));
  }

  private static String unescaped(String path) {
    return OCTAL.matcher(path).replaceAll(Mounts::character);
  }

  private static String character(MatchResult octal) {
    return java.util.regex.Matcher.quoteReplacement(
        Character.toString(Integer.parseInt(octal.group(1), 8)));
  }
}

package dev.heapwarden.probes.target;

import dev.heapwarden.probes.go.ExecutableId;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What /proc says of one process; formats as in proc(5). */
public final class ProcFs {
  /** A process with more mappings than this is read no further. */
  private static final int MAPPINGS_LIMIT = 65_536;

  /** An environment is read no further. */
  private static final int ENVIRONMENT_LIMIT = 1 << 20;

  /**
   * Of all text in /proc: names of programs and files stand in it as any bytes, also as parts of
   * characters.
   */
  public static final Charset ANY_BYTES = StandardCharsets.ISO_8859_1;

  /** The first field of /proc/PID/stat behind the name, as proc(5) numbers them. */
  private static final int FIRST_FIELD = 3;

  private static final Path NOWHERE = Path.of("/dev/null");

  /** Of the names of files, as {@link Path} has them. */
  private static final Charset FILE_NAMES =
      Charset.forName(System.getProperty("sun.jnu.encoding", "UTF-8"));

  private static final Set<String> ANONYMOUS =
      Set.of("RssAnon:", "RssShmem:", "HugetlbPages:", "VmSwap:");

  private final Path root;

  public ProcFs(Path root) {
    this.root = root;
  }

  public Path root() {
    return root;
  }

  public Path directory(long pid) {
    return root.resolve(Long.toString(pid));
  }

  /**
   * A path that was read with {@link #ANY_BYTES}.
   *
   * @throws IOException when this JVM's locale has no such path
   */
  public static Path path(String text) throws IOException {
    try {
      return Path.of(new String(text.getBytes(ANY_BYTES), FILE_NAMES));
    } catch (InvalidPathException foreign) {
      throw new IOException("a path is none in " + FILE_NAMES, foreign);
    }
  }

  /** Start time in clock ticks since boot: field 22 of stat. */
  public long startTicks(long pid) throws IOException {
    return Long.parseLong(stat(pid)[22 - FIRST_FIELD]);
  }

  /**
   * Who a process is now: fields 22 and 28 of stat, and the executable.
   *
   * @throws java.nio.file.AccessDeniedException where the agent may not look at it
   */
  TargetProcess.Identity identity(String containerId, long pid) throws IOException {
    var stat = stat(pid);
    return new TargetProcess.Identity(
        containerId,
        pid,
        Long.parseLong(stat[22 - FIRST_FIELD]),
        ExecutableId.of(directory(pid).resolve("exe")),
        Long.parseUnsignedLong(stat[28 - FIRST_FIELD]));
  }

  /** The fields of stat after the name's last ')'. */
  private String[] stat(long pid) throws IOException {
    var stat = Files.readString(directory(pid).resolve("stat"), ANY_BYTES);
    var fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
    if (fields.length <= 28 - FIRST_FIELD) {
      throw new IOException("/proc/" + pid + "/stat has too few fields");
    }
    return fields;
  }

  /**
   * Whether a process is still the one that was seen; its pid may be another's by now, or it may
   * have executed something else.
   */
  public boolean is(TargetProcess.Identity identity) throws IOException {
    var now = identity(identity.containerId(), identity.pid());
    return now.startTicks() == identity.startTicks()
        && now.executable().equals(identity.executable())
        && (identity.stack() == 0 || now.stack() == identity.stack());
  }

  /**
   * Memory in bytes that no file on a disk stands behind, resident or swapped out; 0 for a process
   * without memory. Shared memory is part of it: ZGC keeps its heap there (JDK 17 to 25,
   * src/hotspot/os/linux/gc/z/zPhysicalMemoryBacking_linux.cpp). Without generations (JDK 17 to 23)
   * it maps each page at three addresses, and all that are touched count: up to three times the
   * heap.
   */
  public long anonymousBytes(long pid) throws IOException {
    try (var lines = Files.lines(directory(pid).resolve("status"), ANY_BYTES)) {
      return lines
          .filter(line -> ANONYMOUS.contains(line.substring(0, line.indexOf(':') + 1)))
          .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) * 1024)
          .sum();
    }
  }

  /** How many threads a process has: the line Threads of its status, as in proc(5). */
  public long threads(long pid) throws IOException {
    return Long.parseLong(status(pid, "Threads:"));
  }

  /**
   * A process's executable by a path below its own root: in its /proc, under the pid by which it
   * sees itself (the last one of NSpid in its status, as in proc(5)). A container may have another
   * file there, or none.
   */
  public Path executableBelowRoot(long pid) throws IOException {
    var pids = status(pid, "NSpid:").split("\\s+", -1);
    return directory(pid).resolve(Path.of("root", "proc", pids[pids.length - 1], "exe"));
  }

  private String status(long pid, String name) throws IOException {
    try (var lines = Files.lines(directory(pid).resolve("status"), ANY_BYTES)) {
      return lines
          .filter(line -> line.startsWith(name))
          .map(line -> line.substring(name.length()).strip())
          .findFirst()
          .orElseThrow(() -> new IOException("a process's status has no " + name));
    }
  }

  /**
   * What a variable was when the process started; of several of one name the first, as getenv(3).
   */
  public Optional<String> variable(long pid, String name) throws IOException {
    return environment(pid)
        .filter(variable -> variable.startsWith(name + "="))
        .map(variable -> variable.substring(name.length() + 1))
        .findFirst();
  }

  /** Those of the names that the process's environment had when it started. */
  public Set<String> variables(long pid, Collection<String> names) throws IOException {
    return environment(pid)
        .map(variable -> variable.substring(0, Math.max(0, variable.indexOf('='))))
        .filter(names::contains)
        .collect(Collectors.toSet());
  }

  private Stream<String> environment(long pid) throws IOException {
    try (var environment = Files.newInputStream(directory(pid).resolve("environ"))) {
      var text = new String(environment.readNBytes(ENVIRONMENT_LIMIT), ANY_BYTES);
      return Stream.of(text.split("\u0000", -1));
    }
  }

  /**
   * Whether standard output or error of one process is also one of the other's, and something that
   * can be read. What is executed in a container later, such as a probe, has its own.
   */
  public boolean sharesOutput(long one, long other) throws IOException {
    var outputs = outputs(one);
    outputs.remove(NOWHERE);
    return outputs(other).stream().anyMatch(outputs::contains);
  }

  private Set<Path> outputs(long pid) throws IOException {
    var found = new HashSet<Path>();
    for (var descriptor : List.of("1", "2")) {
      try {
        found.add(Files.readSymbolicLink(directory(pid).resolve("fd").resolve(descriptor)));
      } catch (NoSuchFileException _) {
        // It is closed.
      }
    }
    return found;
  }

  /** Whether a file of that name is mapped into the process. */
  boolean maps(long pid, String fileName) throws IOException {
    try (BufferedReader maps = maps(pid)) {
      return maps.lines().limit(MAPPINGS_LIMIT).anyMatch(line -> line.endsWith("/" + fileName));
    }
  }

  private BufferedReader maps(long pid) throws IOException {
    return Files.newBufferedReader(directory(pid).resolve("maps"), ANY_BYTES);
  }

  /**
   * A part of a file in a process's memory.
   *
   * @param start its first address
   * @param end the address behind it
   * @param offset in the file
   * @param executable whether its code may be run
   * @param file as the process sees it, each byte a character
   */
  public record Mapping(long start, long end, long offset, boolean executable, String file) {}

  /** Where the start of an executable is mapped; empty when it is not. */
  public OptionalLong loadedAt(long pid, long inode) throws IOException {
    return mappings(pid, inode).stream()
        .filter(mapping -> mapping.offset() == 0)
        .mapToLong(Mapping::start)
        .findFirst();
  }

  /** Where the parts of a file are mapped. */
  public List<Mapping> mappings(long pid, long inode) throws IOException {
    return mappings(pid, Long.toString(inode)::equals);
  }

  /** What is mapped of files. */
  public List<Mapping> fileMappings(long pid) throws IOException {
    return mappings(pid, inode -> !inode.equals("0"));
  }

  private List<Mapping> mappings(long pid, Predicate<String> inode) throws IOException {
    try (BufferedReader maps = maps(pid)) {
      return maps.lines()
          .limit(MAPPINGS_LIMIT)
          .map(line -> line.split("\\s+", 6))
          .filter(fields -> fields.length == 6 && inode.test(fields[4]))
          .map(ProcFs::mapping)
          .toList();
    }
  }

  /** Where code is mapped, by the inode of its file; what is in no file is left out. */
  public Map<Long, List<Mapping>> code(long pid) throws IOException {
    try (BufferedReader maps = maps(pid)) {
      return maps.lines()
          .limit(MAPPINGS_LIMIT)
          .map(line -> line.split("\\s+", 6))
          .filter(fields -> fields.length == 6 && !fields[4].equals("0"))
          .filter(fields -> fields[1].indexOf('x') >= 0 && fields[5].startsWith("/"))
          .collect(
              Collectors.groupingBy(
                  fields -> Long.parseLong(fields[4]),
                  LinkedHashMap::new,
                  Collectors.mapping(ProcFs::mapping, Collectors.toUnmodifiableList())));
    }
  }

  private static Mapping mapping(String[] fields) {
    int dash = fields[0].indexOf('-');
    return new Mapping(
        Long.parseUnsignedLong(fields[0], 0, dash, 16),
        Long.parseUnsignedLong(fields[0], dash + 1, fields[0].length(), 16),
        Long.parseUnsignedLong(fields[2], 16),
        fields[1].indexOf('x') >= 0,
        fields[5]);
  }
}

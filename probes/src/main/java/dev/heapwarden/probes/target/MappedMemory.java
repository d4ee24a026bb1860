package dev.heapwarden.probes.target;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * How much memory of a process is what, by the name of what is mapped: sizes only, nothing of what
 * is in it. Figures have the kernel's own names (proc(5), smaps and smaps_rollup) and are bytes.
 *
 * @param rollup of the whole process
 * @param largest names with the most resident memory, the largest first
 * @param others all that has no entry of its own
 * @param whole whether all mappings were read
 */
public record MappedMemory(
    Map<String, Long> rollup, List<Mapped> largest, Mapped others, boolean whole) {
  /** A process with more mappings than this is read no further. */
  private static final int MAPPINGS = 65_536;

  /** Names that are told apart while reading, and of those the entries that are left. */
  private static final int NAMES = 4096;

  private static final int LARGEST = 200;

  /** Characters of a name; paths may have thousands. */
  private static final int NAME = 256;

  private static final String ANONYMOUS = "anonymous";
  private static final String REST = "others";
  private static final int NAME_FIELD = 5;

  private static final List<String> FIGURES =
      List.of(
          "Size",
          "Rss",
          "Pss",
          "Anonymous",
          "Shared_Clean",
          "Shared_Dirty",
          "Private_Clean",
          "Private_Dirty",
          "AnonHugePages",
          "Swap");

  public MappedMemory {
    rollup = new TreeMap<>(rollup);
    largest = List.copyOf(largest);
  }

  /**
   * What is mapped under one name.
   *
   * @param name of the file, or the kernel's, such as [heap]; anonymous where it has none
   * @param mappings how many
   */
  public record Mapped(String name, int mappings, Map<String, Long> bytes) {
    public Mapped {
      bytes = new TreeMap<>(bytes);
    }

    private static Mapped none(String name) {
      return new Mapped(name, 0, Map.of());
    }

    private Mapped plus(int more, Map<String, Long> figures) {
      var sum = new TreeMap<>(bytes);
      figures.forEach((figure, value) -> sum.merge(figure, value, Long::sum));
      return new Mapped(name, mappings + more, sum);
    }

    private long resident() {
      return bytes.getOrDefault("Rss", 0L);
    }
  }

  /**
   * Reads it, while the process runs on.
   *
   * @param process its directory below /proc
   */
  public static MappedMemory read(Path process) throws IOException {
    var found = new HashMap<String, Mapped>();
    var reading = new Reading(found);
    try (var lines = open(process, "smaps")) {
      for (var line = lines.readLine(); line != null; line = lines.readLine()) {
        if (!reading.takes(line)) {
          break;
        }
      }
    }
    reading.end();
    return of(rollup(process), found, reading);
  }

  private static MappedMemory of(
      Map<String, Long> rollup, Map<String, Mapped> found, Reading reading) {
    var sorted =
        found.values().stream()
            .sorted(
                Comparator.comparingLong(Mapped::resident).reversed().thenComparing(Mapped::name))
            .toList();
    var others = reading.others;
    for (var small : sorted.subList(Math.min(LARGEST, sorted.size()), sorted.size())) {
      others = others.plus(small.mappings(), small.bytes());
    }
    return new MappedMemory(
        rollup,
        sorted.subList(0, Math.min(LARGEST, sorted.size())),
        others,
        reading.mappings <= MAPPINGS);
  }

  private static Map<String, Long> rollup(Path process) throws IOException {
    var figures = new TreeMap<String, Long>();
    try (var lines = open(process, "smaps_rollup")) {
      lines.lines().forEach(line -> figure(line, figures));
    }
    return figures;
  }

  private static BufferedReader open(Path process, String file) throws IOException {
    return Files.newBufferedReader(process.resolve(file), ProcFs.ANY_BYTES);
  }

  /** Such as {@code Rss: 884 kB}; other lines say nothing here. */
  private static void figure(String line, Map<String, Long> into) {
    int colon = line.indexOf(':');
    if (colon > 0 && line.endsWith(" kB") && FIGURES.contains(line.substring(0, colon))) {
      into.put(
          line.substring(0, colon),
          Long.parseLong(line.substring(colon + 1, line.length() - 3).strip()) * 1024);
    }
  }

  /** Goes through smaps: a line with the addresses of a mapping, then its figures. */
  private static final class Reading {
    private final Map<String, Mapped> found;
    private final Map<String, Long> figures = new HashMap<>();
    private Mapped others = Mapped.none(REST);
    private String name = "";
    private int mappings;

    Reading(Map<String, Mapped> found) {
      this.found = found;
    }

    /** Whether more is wanted. */
    boolean takes(String line) {
      if (Character.isUpperCase(line.charAt(0))) {
        figure(line, figures);
        return true;
      }
      end();
      name = name(line);
      return ++mappings <= MAPPINGS;
    }

    /** Books the mapping whose figures have all been read. */
    void end() {
      if (figures.isEmpty()) {
        return;
      }
      if (found.containsKey(name) || found.size() < NAMES) {
        found.merge(
            name,
            Mapped.none(name).plus(1, figures),
            (sum, one) -> sum.plus(one.mappings(), one.bytes()));
      } else {
        others = others.plus(1, figures);
      }
      figures.clear();
    }

    private static String name(String line) {
      var fields = line.split(" +", NAME_FIELD + 1);
      var name = fields.length > NAME_FIELD ? fields[NAME_FIELD].strip() : "";
      return name.isEmpty() ? ANONYMOUS : name.substring(0, Math.min(name.length(), NAME));
    }
  }
}

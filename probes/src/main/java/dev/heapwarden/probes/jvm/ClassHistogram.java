package dev.heapwarden.probes.jvm;

import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * What GC.class_histogram printed (JDK 17 and 25, src/hotspot/share/memory/heapInspection.cpp): a
 * rank, instances, bytes and a class name, which a named module follows in brackets.
 *
 * @param classes by name
 */
public record ClassHistogram(Map<String, Count> classes) {
  private static final Pattern LINE =
      Pattern.compile("\\s*\\d+:\\s+(\\d{1,14})\\s+(\\d{1,14})\\s+(\\S+)(?:\\s+\\((\\S+)\\))?\\s*");

  /** An answer is read no further than this, however long its lines are. */
  private static final int TEXT = 4 << 20;

  /** Names are read no further than this; the largest come first. */
  private static final int CLASSES = 20_000;

  public ClassHistogram {
    classes = Map.copyOf(classes);
  }

  /**
   * Instances of one class, of all its loaders.
   *
   * @param bytes of the instances themselves
   * @param platform whether it is an array of primitives or a class of a module of the JDK
   */
  public record Count(long instances, long bytes, boolean platform) {
    private Count plus(Count other) {
      return new Count(
          instances + other.instances, bytes + other.bytes, platform && other.platform);
    }
  }

  /** Reads the beginning of an answer, 4 MiB at most. */
  public static ClassHistogram read(InputStream answer) throws IOException {
    var text = new ByteArrayInputStream(answer.readNBytes(TEXT));
    return read(new BufferedReader(new InputStreamReader(text, StandardCharsets.UTF_8)));
  }

  /** Reads lines until the end; what is no line of a histogram is skipped. */
  public static ClassHistogram read(BufferedReader lines) throws IOException {
    var classes = new LinkedHashMap<String, Count>();
    for (var line = lines.readLine(); line != null && classes.size() < CLASSES; ) {
      var match = LINE.matcher(line);
      if (match.matches()) {
        var name = match.group(3);
        var module = match.group(4);
        classes.merge(
            name,
            new Count(
                Long.parseLong(match.group(1)),
                Long.parseLong(match.group(2)),
                isPlatform(name, module)),
            Count::plus);
      }
      line = lines.readLine();
    }
    return new ClassHistogram(classes);
  }

  private static boolean isPlatform(String name, String module) {
    if (module == null) {
      return name.startsWith("[") && !name.startsWith("[L") && !name.matches("\\[+L.*");
    }
    return module.startsWith("java.") || module.startsWith("jdk.");
  }
}

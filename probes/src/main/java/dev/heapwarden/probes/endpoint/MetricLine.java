package dev.heapwarden.probes.endpoint;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * A line with a value, as Prometheus' text format 0.0.4 and OpenMetrics 1.0 have it; what stands
 * after the value, a time or an example, is not read.
 *
 * <p>prometheus/docs, content/docs/instrumenting/exposition_formats.md; OpenMetrics,
 * specification/OpenMetrics.md, section ABNF.
 *
 * @param value any double, NaN and the infinities included
 */
record MetricLine(String name, Map<String, String> labels, double value) {
  /** A double's shortest exact text has 24 characters; nobody writes longer ones. */
  private static final int LONGEST_NUMBER = 64;

  MetricLine {
    labels = Map.copyOf(labels);
  }

  /** Reads a line; empty when it is not of the format. */
  static Optional<MetricLine> parse(String line) {
    var cursor = new Cursor(line);
    var name = cursor.name();
    var labels = new HashMap<String, String>();
    if (name.isEmpty() || !cursor.labels(labels) || !cursor.blanks()) {
      return Optional.empty();
    }
    return value(cursor.word()).map(value -> new MetricLine(name, labels, value));
  }

  /** The name without what a histogram, a summary or a counter appends to it. */
  String family() {
    int suffix = name.lastIndexOf('_');
    return suffix < 0
        ? name
        : switch (name.substring(suffix)) {
          case "_bucket", "_count", "_sum", "_total", "_created" -> name.substring(0, suffix);
          default -> name;
        };
  }

  private static Optional<Double> value(String word) {
    return switch (word) {
      case "NaN" -> Optional.of(Double.NaN);
      case "+Inf", "Inf" -> Optional.of(Double.POSITIVE_INFINITY);
      case "-Inf" -> Optional.of(Double.NEGATIVE_INFINITY);
      default -> number(word);
    };
  }

  /** Decimal only: Java's own notation knows hexadecimal digits and suffixes as well. */
  private static Optional<Double> number(String word) {
    if (word.length() > LONGEST_NUMBER
        || !word.chars().allMatch(c -> isDigit((char) c) || "+-.eE".indexOf(c) >= 0)) {
      return Optional.empty();
    }
    try {
      return Optional.of(Double.parseDouble(word));
    } catch (NumberFormatException _) {
      return Optional.empty();
    }
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  private static final class Cursor {
    private final String line;
    private int at;

    Cursor(String line) {
      this.line = line;
    }

    String name() {
      int from = at;
      while (at < line.length() && isOfName(line.charAt(at), at > from)) {
        at++;
      }
      return line.substring(from, at);
    }

    /** The characters up to the next blank. */
    String word() {
      int from = at;
      while (at < line.length() && !isBlank(line.charAt(at))) {
        at++;
      }
      return line.substring(from, at);
    }

    /** False where there are none. */
    boolean blanks() {
      int from = at;
      while (at < line.length() && isBlank(line.charAt(at))) {
        at++;
      }
      return at > from;
    }

    /** Takes labels, if there are any; false where they are malformed. */
    boolean labels(Map<String, String> into) {
      if (!takes('{')) {
        return true;
      }
      blanks();
      while (!takes('}')) {
        var label = name();
        blanks();
        if (label.isEmpty() || !takes('=')) {
          return false;
        }
        blanks();
        var value = new StringBuilder();
        if (!quoted(value)) {
          return false;
        }
        into.put(label, value.toString());
        blanks();
        if (!takes(',') && (at == line.length() || line.charAt(at) != '}')) {
          return false;
        }
        blanks();
      }
      return true;
    }

    private boolean quoted(StringBuilder into) {
      if (!takes('"')) {
        return false;
      }
      while (at < line.length()) {
        char next = line.charAt(at++);
        if (next == '"') {
          return true;
        }
        if (next == '\\') {
          if (at == line.length()) {
            return false;
          }
          char escaped = line.charAt(at++);
          next = escaped == 'n' ? '\n' : escaped;
        }
        into.append(next);
      }
      return false;
    }

    private boolean takes(char wanted) {
      if (at == line.length() || line.charAt(at) != wanted) {
        return false;
      }
      at++;
      return true;
    }

    private static boolean isOfName(char c, boolean within) {
      return (c >= 'a' && c <= 'z')
          || (c >= 'A' && c <= 'Z')
          || c == '_'
          || c == ':'
          || (within && isDigit(c));
    }

    private static boolean isBlank(char c) {
      return c == ' ' || c == '\t';
    }
  }
}

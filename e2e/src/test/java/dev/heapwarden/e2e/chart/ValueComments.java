package dev.heapwarden.e2e.chart;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The comments above the keys of a values.yaml. One above a key whose children have their own is
 * only a heading.
 */
final class ValueComments {
  private static final Pattern KEY = Pattern.compile("^( *)([A-Za-z]+):.*$");

  private ValueComments() {}

  /** By the path of the key, such as operator.replicas, in the order of the file. */
  static Map<String, String> of(String yaml) {
    var comments = new LinkedHashMap<String, String>();
    var parents = new ArrayDeque<Key>();
    var above = new ArrayList<String>();
    for (var line : yaml.lines().toList()) {
      var key = KEY.matcher(line);
      if (line.isBlank()) {
        above.clear();
      } else if (line.strip().startsWith("#")) {
        above.add(line.strip().substring(1).strip());
      } else if (key.matches()) {
        var indent = key.group(1).length();
        while (!parents.isEmpty() && parents.getLast().indent() >= indent) {
          parents.removeLast();
        }
        parents.add(new Key(indent, key.group(2)));
        if (!above.isEmpty()) {
          comments.put(path(parents), String.join(" ", above));
          above.clear();
        }
      }
    }
    return withoutHeadings(comments);
  }

  private static Map<String, String> withoutHeadings(Map<String, String> comments) {
    var paths = List.copyOf(comments.keySet());
    paths.stream()
        .filter(path -> paths.stream().anyMatch(other -> other.startsWith(path + ".")))
        .forEach(comments::remove);
    return comments;
  }

  private static String path(ArrayDeque<Key> keys) {
    return keys.stream().map(Key::name).collect(Collectors.joining("."));
  }

  private record Key(int indent, String name) {}
}

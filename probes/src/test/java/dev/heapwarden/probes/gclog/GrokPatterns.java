package dev.heapwarden.probes.gclog;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads as Logstash's grok filter does, by the pipeline and the patterns that are shipped. */
final class GrokPatterns {
  private static final Path DIRECTORY =
      Path.of(System.getProperty("heapwarden.root"), "manifests/logstash");

  /** Such as {@code %{JVMGC_INT:gc_id:int}}. */
  private static final Pattern REFERENCE = Pattern.compile("%\\{(\\w+)(?::(\\w+))?(?::\\w+)?}");

  private final Map<String, String> definitions = new HashMap<>();
  private final List<Expansion> expansions;

  /** A regular expression, and the fields that its groups are. */
  private record Expansion(Pattern pattern, Map<String, String> fields) {}

  GrokPatterns() throws IOException {
    for (var line : Files.readAllLines(DIRECTORY.resolve("jvm-gc.patterns"))) {
      if (!line.startsWith("#")) {
        int space = line.indexOf(' ');
        definitions.put(line.substring(0, space), line.substring(space + 1));
      }
    }
    expansions =
        Pattern.compile("\"(%\\{JVMGC_\\w+})\"")
            .matcher(Files.readString(DIRECTORY.resolve("jvm-gc.conf")))
            .results()
            .map(tried -> expansion(tried.group(1)))
            .toList();
  }

  private Expansion expansion(String text) {
    var fields = new HashMap<String, String>();
    return new Expansion(Pattern.compile(expanded(text, fields)), fields);
  }

  /** Java's names of groups have no underscores. */
  private String expanded(String text, Map<String, String> fields) {
    return REFERENCE
        .matcher(text)
        .replaceAll(
            reference -> {
              var inner =
                  expanded(Objects.requireNonNull(definitions.get(reference.group(1))), fields);
              var field = reference.group(2);
              if (field != null) {
                fields.put(field.replace("_", ""), field);
              }
              var name = field == null ? ":" : "<" + field.replace("_", "") + ">";
              return Matcher.quoteReplacement("(?" + name + inner + ")");
            });
  }

  /** Fields of a line; empty where no pattern fits. */
  Optional<Map<String, String>> read(String line) {
    for (var expansion : expansions) {
      var found = expansion.pattern.matcher(line);
      if (found.find()) {
        var values = new HashMap<String, String>();
        expansion.fields.forEach(
            (group, field) ->
                Optional.ofNullable(found.group(group))
                    .ifPresent(value -> values.put(field, value)));
        return Optional.of(values);
      }
    }
    return Optional.empty();
  }
}

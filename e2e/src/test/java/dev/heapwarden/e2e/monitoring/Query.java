package dev.heapwarden.e2e.monitoring;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * A PromQL expression in the form that Prometheus prints.
 *
 * @param text one that Prometheus' parser accepted
 */
record Query(String text) {
  private static final Pattern STRING = Pattern.compile("\"(?:[^\"\\\\]|\\\\.)*\"");
  private static final Pattern GROUPING =
      Pattern.compile("\\b(?:by|on|ignoring|without|group_left|group_right) \\(([^)]*)\\)");
  private static final Pattern MATCHERS = Pattern.compile("\\{([^}]*)}");
  private static final Pattern MATCHER = Pattern.compile("([a-zA-Z_]\\w*)\\s*(?:=~|!~|!=|=)");

  private static final Pattern SELECTOR =
      Pattern.compile("([a-zA-Z_:][\\w:]*)\\{((?:[^\"}]|" + STRING + ")*)}");
  private static final Pattern MATCH =
      Pattern.compile("([a-zA-Z_]\\w*)\\s*(=~|!~|!=|=)\\s*(" + STRING + ")");

  /** A name that is neither a function nor an aggregation. */
  private static final Pattern NAME =
      Pattern.compile("(?<![\\w:.])([a-zA-Z_:][\\w:]*)(?![\\w:]*\\s*\\()");

  private static final Set<String> WORDS =
      Set.of("and", "or", "unless", "bool", "offset", "by", "on", "without", "ignoring");

  /** In Grafana's and Prometheus' templates. */
  private static final Pattern PLACEHOLDER =
      Pattern.compile("\\{\\{\\s*(?:\\$labels\\.)?(?!end\\b|else\\b)([a-z_]+)\\s*}}");

  /** Given by a scrape. */
  private static final List<String> OF_TARGETS = List.of("instance", "job", "namespace");

  /** Labels that a template asks for. */
  static List<String> placeholders(String template) {
    return PLACEHOLDER.matcher(template).results().map(found -> found.group(1)).toList();
  }

  /**
   * Fails unless every series and every label that it names is there, and every value that it
   * compares a label with, but for those that a dashboard's variable chooses.
   *
   * @param exposed labels with their values by series
   * @return the labels that its result can have
   */
  Set<String> check(Map<String, Map<String, SortedSet<String>>> exposed) {
    var bare = STRING.matcher(text).replaceAll("");
    var labels = new TreeSet<>(OF_TARGETS);
    var series = series(bare);
    assertThat(series).as(text).isNotEmpty();
    for (var name : series) {
      assertThat(exposed).as(text).containsKey(name);
      labels.addAll(exposed.getOrDefault(name, Map.of()).keySet());
    }
    assertThat(labels).as(text).containsAll(named(bare));
    SELECTOR
        .matcher(text)
        .results()
        .forEach(found -> compare(found.group(2), exposed.getOrDefault(found.group(1), Map.of())));
    return labels;
  }

  private void compare(String matchers, Map<String, SortedSet<String>> exposed) {
    for (var match : MATCH.matcher(matchers).results().toList()) {
      var value = match.group(3).substring(1, match.group(3).length() - 1);
      if (value.contains("$")) {
        continue;
      }
      var wanted =
          match.group(2).endsWith("~")
              ? List.of(value.split("\\|", -1))
              : List.of(Pattern.quote(value));
      var values = exposed.getOrDefault(match.group(1), Collections.emptySortedSet());
      assertThat(wanted)
          .as("%s: %s in %s", text, match.group(), values)
          .allMatch(pattern -> values.stream().anyMatch(found -> found.matches(pattern)));
    }
  }

  private static List<String> series(String bare) {
    var rest = MATCHERS.matcher(GROUPING.matcher(bare).replaceAll("")).replaceAll("");
    return NAME.matcher(rest)
        .results()
        .map(found -> found.group(1))
        .filter(name -> !WORDS.contains(name))
        .distinct()
        .toList();
  }

  private static List<String> named(String bare) {
    var named = new ArrayList<String>();
    GROUPING
        .matcher(bare)
        .results()
        .flatMap(found -> Arrays.stream(found.group(1).split(",", -1)))
        .map(String::strip)
        .filter(label -> !label.isEmpty())
        .forEach(named::add);
    MATCHERS
        .matcher(bare)
        .results()
        .flatMap(found -> MATCHER.matcher(found.group(1)).results())
        .forEach(found -> named.add(found.group(1)));
    return named;
  }
}

package dev.heapwarden.operator.respond.action;

import static java.util.stream.Collectors.joining;

import java.util.Map;
import java.util.TreeMap;

/**
 * The JVM options that the response to an earlier incident set and that are still in the pod
 * template. The JVM reports them as it does those that people chose.
 *
 * @param managers the field manager of each option
 */
record EarlierOptions(Map<String, String> managers) {
  static EarlierOptions of(TemplateContainer container) {
    var managers = new TreeMap<String, String>();
    for (var variable : JavaEnvironment.VARIABLES) {
      container
          .setByAnIncident(variable)
          .ifPresent(
              set -> {
                for (var option : set.value().split(" ", -1)) {
                  managers.put(option, set.manager());
                }
              });
    }
    return new EarlierOptions(managers);
  }

  boolean has(String option) {
    return managers.containsKey(option);
  }

  /** Whose they are, for people; nothing where there are none. */
  String text() {
    return managers.entrySet().stream()
        .map(
            set -> "; %s is set by %s until that is undone".formatted(set.getKey(), set.getValue()))
        .collect(joining());
  }
}

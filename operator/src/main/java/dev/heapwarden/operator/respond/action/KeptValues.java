package dev.heapwarden.operator.respond.action;

import static java.util.stream.Collectors.joining;

import dev.heapwarden.crds.snapshot.MemorySnapshotStatus;
import io.fabric8.kubernetes.api.model.EnvVar;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * What people are to set where a container's variables are somebody else's: of a variable that
 * holds several settings those that are there stay.
 *
 * @param wanted what is to be set or added
 * @param values to set, whole; without those variables that are set where the template does not
 *     show their value
 */
record KeptValues(NavigableMap<String, String> wanted, NavigableMap<String, String> values) {
  private static final String GO_DEBUG = "GODEBUG";

  /**
   * For what is wanted.
   *
   * @param evidence of level 1; empty where there is none
   */
  static KeptValues of(
      TemplateContainer container,
      NavigableMap<String, String> wanted,
      Optional<MemorySnapshotStatus> evidence) {
    var values = new TreeMap<String, String>();
    wanted.forEach(
        (name, value) -> {
          var there = container.variable(name);
          if (there.map(EnvVar::getValueFrom).isPresent()) {
            return;
          }
          if (!holdsSeveral(name)) {
            values.put(name, value);
          } else if (Variables.unseen(container, Set.of(name), evidence).isEmpty()) {
            var old = there.map(EnvVar::getValue);
            values.put(name, old.map(kept -> both(name, kept, value)).orElse(value));
          }
        });
    return new KeptValues(wanted, values);
  }

  /** Such as {@code set GOGC=20, add madvdontneed=0 to GODEBUG}; never what is there. */
  String text() {
    return wanted.entrySet().stream()
        .map(entry -> text(entry.getKey(), entry.getValue()))
        .collect(joining(", "));
  }

  private String text(String name, String value) {
    return (holdsSeveral(name) ? "add %s to %s" : "set %2$s=%1$s").formatted(value, name)
        + (values.containsKey(name)
            ? ""
            : " where it is set: the pod template does not show its value");
  }

  private static boolean holdsSeveral(String name) {
    return name.equals(GO_DEBUG) || JavaEnvironment.VARIABLES.contains(name);
  }

  private static String both(String name, String old, String added) {
    return name.equals(GO_DEBUG) ? debug(old, added) : options(old, added);
  }

  /**
   * The last one of a flag counts (JDK 25 src/hotspot/share/runtime/arguments.cpp,
   * parse_each_vm_init_arg).
   */
  private static String options(String old, String added) {
    var there = List.of(old.strip().split("\\s+", -1));
    var all = new ArrayList<>(old.isBlank() ? List.of() : List.of(old.strip()));
    List.of(added.split(" ", -1)).stream()
        .filter(option -> !there.contains(option))
        .forEach(all::add);
    return String.join(" ", all);
  }

  /** Of one name the last one counts (Go 1.27 src/runtime/runtime1.go, parsegodebug). */
  private static String debug(String old, String added) {
    var settings = new LinkedHashMap<String, String>();
    for (var setting : (old + "," + added).split(",", -1)) {
      if (!setting.isBlank()) {
        settings.put(setting.strip().replaceFirst("=.*", ""), setting.strip());
      }
    }
    return settings.values().stream().collect(joining(","));
  }
}

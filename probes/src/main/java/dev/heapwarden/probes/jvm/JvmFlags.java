package dev.heapwarden.probes.jvm;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What a running JVM says of its flags.
 *
 * @param version of the JDK, such as 25.0.3, as VM.version has it
 * @param flags by name, as VM.flags -all has them: those of this build that are not locked
 * @param logTags as VM.log list has them; empty before JDK 9
 * @param logged to standard output, as VM.log list has it, such as all=warning,gc*=info
 */
public record JvmFlags(
    String version, Map<String, Flag> flags, Set<String> logTags, String logged) {
  /** JDK 17 and 25, src/hotspot/share/runtime/flags/jvmFlag.cpp, JVMFlag::print_on. */
  private static final Pattern FLAG =
      Pattern.compile("\\s*(\\S+)\\s+(\\S+)\\s+:?=(.*?)\\{([^{}]*)}\\s+\\{([^{}]*)}\\s*");

  private static final Pattern VERSION = Pattern.compile("(?m)^JDK (\\S+)");
  private static final Pattern LOGGED = Pattern.compile("(?m)^ ?#0: stdout (\\S+)");
  private static final Pattern TAGS = Pattern.compile("(?m)^Available log tags: (.*)$");

  public JvmFlags {
    flags = Map.copyOf(flags);
    logTags = Set.copyOf(logTags);
  }

  /**
   * One flag.
   *
   * @param type as in the JDK's source: bool, size_t, ...
   * @param kind product, manageable, experimental, ... with what it belongs to
   * @param origin default, ergonomic, command line, environment, ...
   */
  public record Flag(String type, String value, String kind, String origin) {
    boolean isOn() {
      return value.equals("true");
    }

    /** Set by a person: neither a default nor found by the JVM itself. */
    boolean isChosen() {
      return !origin.equals("default") && !origin.equals("ergonomic");
    }
  }

  /**
   * Reads what the three commands printed.
   *
   * @return empty when it is not understood
   */
  public static Optional<JvmFlags> read(String version, String flags, String log) {
    var found = VERSION.matcher(version);
    var byName = new LinkedHashMap<String, Flag>();
    flags
        .lines()
        .map(FLAG::matcher)
        .filter(java.util.regex.Matcher::matches)
        .forEach(
            line ->
                byName.put(
                    line.group(2),
                    new Flag(line.group(1), line.group(3).strip(), line.group(4), line.group(5))));
    if (!found.find() || byName.isEmpty()) {
      return Optional.empty();
    }
    var tags = TAGS.matcher(log);
    var logged = LOGGED.matcher(log);
    return Optional.of(
        new JvmFlags(
            found.group(1),
            byName,
            tags.find()
                ? Stream.of(tags.group(1).split(",\\s*")).collect(Collectors.toSet())
                : Set.of(),
            logged.find() ? logged.group(1) : ""));
  }

  Optional<Flag> flag(String name) {
    return Optional.ofNullable(flags.get(name));
  }

  boolean isOn(String name) {
    return flag(name).filter(Flag::isOn).isPresent();
  }

  /** Bytes, milliseconds or percent; empty for what is no number. */
  Optional<Double> number(String name) {
    try {
      return flag(name).map(flag -> Double.valueOf(flag.value()));
    } catch (NumberFormatException _) {
      return Optional.empty();
    }
  }

  /** 17 of 17.0.15; 8 for what is called 1.8 or 8.0. */
  int major() {
    var numbers = version.split("[._+-]", 3);
    var first = numbers[0].equals("1") && numbers.length > 1 ? numbers[1] : numbers[0];
    return first.matches("[0-9]{1,3}") ? Integer.parseInt(first) : 0;
  }
}

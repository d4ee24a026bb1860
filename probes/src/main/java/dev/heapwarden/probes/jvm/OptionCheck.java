package dev.heapwarden.probes.jvm;

import dev.heapwarden.crds.policy.JvmOptions;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Whether a JVM like the running one would start with further options, and heed them. They come
 * before its own command line, which wins where both set a flag. Ranges and constraints as in JDK
 * 17 and 25, src/hotspot/share/gc/shared/{gc_globals.hpp,jvmFlagConstraintsGC.cpp}.
 *
 * @param jvm as it runs now
 * @param options all that are to be set
 * @param lastWord whether the process has _JAVA_OPTIONS, which wins over everything
 * @param memoryLimit of the container, bytes
 * @param counters of the JVM, where it has any
 */
public record OptionCheck(
    JvmFlags jvm,
    List<String> options,
    boolean lastWord,
    OptionalLong memoryLimit,
    Optional<JvmCounters> counters) {
  private static final String G1 = "UseG1GC";
  private static final String PARALLEL = "UseParallelGC";
  private static final String SERIAL = "UseSerialGC";
  private static final String ZGC = "UseZGC";
  private static final String SHENANDOAH = "UseShenandoahGC";
  private static final List<String> COLLECTORS = List.of(G1, PARALLEL, SERIAL, ZGC, SHENANDOAH);

  /** A flag that only builds with this collector have. */
  private static final Map<String, String> BUILT_WITH =
      Map.of(ZGC, "ZCollectionInterval", SHENANDOAH, "ShenandoahGCHeuristics");

  /** Which collectors read a flag; what is not here all do, or none has to. */
  private static final Map<String, Set<String>> READ_BY =
      Map.of(
          "G1HeapRegionSize", Set.of(G1),
          "InitiatingHeapOccupancyPercent", Set.of(G1),
          "G1PeriodicGCInterval", Set.of(G1),
          "MaxGCPauseMillis", Set.of(G1, PARALLEL),
          "GCTimeRatio", Set.of(G1, PARALLEL),
          "SoftMaxHeapSize", Set.of(ZGC, SHENANDOAH));

  /** JDK 18 added the others: JDK-8272609 and its like. */
  private static final Set<String> DEDUPLICATE_IN_17 = Set.of(G1, SHENANDOAH);

  /** Why this option must not be set; empty when it may. */
  public Optional<String> refusal(String text) {
    if (!JvmOptions.isAllowed(text)) {
      return Optional.of("off the allow-list");
    }
    var option = JvmOption.of(text);
    return option.flag().equals(JvmOption.LOGGING) ? logging(option) : flag(option);
  }

  private Optional<String> logging(JvmOption option) {
    if (jvm.major() < 9) {
      return Optional.of("JDK %s does not know -Xlog and would not start".formatted(jvm.version()));
    }
    return Stream.of(option.value().split("[=:]", 2)[0].replace("*", "").split("[+]"))
        .filter(tag -> !jvm.logTags().contains(tag))
        .map(tag -> "JDK %s has no log tag %s and would not start".formatted(jvm.version(), tag))
        .findFirst();
  }

  private Optional<String> flag(JvmOption option) {
    var flag = jvm.flag(option.flag());
    if (flag.isEmpty()) {
      return Optional.of(
          ("JDK %s has no flag %s, or only behind -XX:+UnlockExperimentalVMOptions or"
                  + " -XX:+UnlockDiagnosticVMOptions: it would not start")
              .formatted(jvm.version(), option.flag()));
    }
    return locked(option, flag.get())
        .or(() -> wrongType(option, flag.get()))
        .or(() -> overruled(option, flag.get()))
        .or(() -> collector(option))
        .or(() -> unread(option))
        .or(() -> conflict(option));
  }

  /** Where it shows at all, the JVM's own command line unlocks it, and that comes too late. */
  private Optional<String> locked(JvmOption option, JvmFlags.Flag flag) {
    return Stream.of("experimental", "diagnostic", "develop")
        .filter(kind -> flag.kind().contains(kind))
        .map(kind -> "%s is %s in JDK %s".formatted(option.flag(), kind, jvm.version()))
        .findFirst();
  }

  private Optional<String> wrongType(JvmOption option, JvmFlags.Flag flag) {
    boolean fits =
        switch (flag.type()) {
          case "bool" -> option.value().equals("true") || option.value().equals("false");
          case "ccstr", "ccstrlist" -> option.number().isEmpty();
          default -> option.number().isPresent();
        };
    return fits
        ? Optional.empty()
        : Optional.of("%s is a %s in JDK %s".formatted(option.flag(), flag.type(), jvm.version()));
  }

  private Optional<String> overruled(JvmOption option, JvmFlags.Flag flag) {
    boolean byCommandLine = flag.origin().equals("command line");
    boolean byEnvironment = flag.origin().equals("environment") && lastWord;
    return byCommandLine || byEnvironment
        ? Optional.of(
            "%s=%s is already set by %s, which wins"
                .formatted(
                    option.flag(),
                    flag.value(),
                    byCommandLine ? "the JVM's own command line" : "_JAVA_OPTIONS"))
        : Optional.empty();
  }

  private Optional<String> collector(JvmOption option) {
    if (!COLLECTORS.contains(option.flag()) || !option.isOn()) {
      return Optional.empty();
    }
    var needed = BUILT_WITH.get(option.flag());
    if (needed != null && jvm.flag(needed).isEmpty()) {
      return Optional.of(
          "this build of JDK %s has no such collector and would not start"
              .formatted(jvm.version()));
    }
    return Stream.concat(
            COLLECTORS.stream()
                .filter(other -> jvm.flag(other).filter(f -> f.isOn() && f.isChosen()).isPresent()),
            others(option).filter(other -> COLLECTORS.contains(other.flag())).map(JvmOption::flag))
        .filter(other -> !other.equals(option.flag()))
        .map(other -> "the JVM is started with %s and would not start with two".formatted(other))
        .findFirst();
  }

  private Optional<String> unread(JvmOption option) {
    var running =
        parsed()
            .filter(other -> COLLECTORS.contains(other.flag()) && other.isOn())
            .map(JvmOption::flag)
            .findFirst()
            .or(() -> COLLECTORS.stream().filter(jvm::isOn).findFirst());
    if (running.isEmpty()) {
      return Optional.empty();
    }
    boolean deduplication = option.flag().equals("UseStringDeduplication") && option.isOn();
    var readers =
        deduplication && jvm.major() < 18
            ? DEDUPLICATE_IN_17
            : READ_BY.getOrDefault(option.flag(), Set.copyOf(COLLECTORS));
    return readers.contains(running.get())
        ? Optional.empty()
        : Optional.of(
            "the collector of this JVM (%s) does not read %s in JDK %s"
                .formatted(running.get(), option.flag(), jvm.version()));
  }

  private Optional<String> conflict(JvmOption option) {
    double value = option.number().orElse(0.0);
    return switch (option.flag()) {
      case "MaxHeapSize" -> heap().bytes(value);
      case "MaxRAMPercentage" ->
          jvm.flag("MaxHeapSize").filter(JvmFlags.Flag::isChosen).isPresent()
                  || parsed().anyMatch(other -> other.flag().equals("MaxHeapSize"))
              ? Optional.of("the largest heap is set in bytes, so a percentage means nothing")
              : heap().percentage(value);
      case "SoftMaxHeapSize" -> above(option, "MaxHeapSize");
      case "MinHeapFreeRatio" -> above(option, "MaxHeapFreeRatio");
      case "MaxHeapFreeRatio" ->
          effective("MinHeapFreeRatio").filter(least -> least > value).isPresent()
              ? Optional.of("less than MinHeapFreeRatio: the JVM would not start")
              : Optional.empty();
      case "MaxGCPauseMillis" ->
          jvm.flag("GCPauseIntervalMillis").filter(JvmFlags.Flag::isChosen).isPresent()
              ? above(option, "GCPauseIntervalMillis")
              : Optional.empty();
      case "MaxMetaspaceSize" ->
          counters
              .map(JvmCounters::metaspaceUsed)
              .filter(used -> value <= used)
              .map("its classes use %d bytes of metaspace already"::formatted);
      default -> Optional.empty();
    };
  }

  private HeapCheck heap() {
    return new HeapCheck(jvm, memoryLimit, counters);
  }

  private Optional<String> above(JvmOption option, String most) {
    double value = option.number().orElse(0.0);
    return effective(most)
        .filter(limit -> value > limit)
        .map(limit -> "more than %s: the JVM would not start".formatted(most));
  }

  /** What the JVM would run with: what is to be set, unless its own command line sets it. */
  private Optional<Double> effective(String flag) {
    var set = parsed().filter(other -> other.flag().equals(flag)).findFirst();
    return set.isPresent() && jvm.flag(flag).flatMap(f -> overruled(set.get(), f)).isEmpty()
        ? set.get().number()
        : jvm.number(flag);
  }

  private Stream<JvmOption> parsed() {
    return this.options.stream().filter(JvmOptions::isAllowed).map(JvmOption::of);
  }

  private Stream<JvmOption> others(JvmOption option) {
    return parsed().filter(other -> !other.equals(option) && other.isOn());
  }
}

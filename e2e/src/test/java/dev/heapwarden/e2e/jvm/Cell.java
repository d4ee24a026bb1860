package dev.heapwarden.e2e.jvm;

import dev.heapwarden.detection.sample.Origin;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** A JVM of the matrix, and what the agent must say of it. */
record Cell(Jdk jdk, Gc gc, User user, Mode mode) {
  /** A Java runtime. */
  enum Jdk {
    OPENJDK_17("OpenJDK 17, Debian bookworm", "bookworm", "/usr/lib/jvm", "java-17-openjdk-"),
    OPENJDK_21("OpenJDK 21, Debian trixie", "trixie", "/usr/lib/jvm", "java-21-openjdk-"),
    OPENJDK_25("OpenJDK 25, Debian trixie", "trixie", "/usr/lib/jvm", "java-25-openjdk-"),
    /** That of the tests, which the matrix runs with only where it is Temurin. */
    TEMURIN_25("Temurin 25, Debian trixie", "trixie", "/opt", "jdk");

    final String text;
    final String release;
    final String parent;
    final String name;

    /**
     * @param text as people know it
     * @param release of Debian, whose root file system it runs in
     * @param parent directory there
     * @param name what that of the JDK begins with
     */
    Jdk(String text, String release, String parent, String name) {
      this.text = text;
      this.release = release;
      this.parent = parent;
      this.name = name;
    }
  }

  /** A garbage collector. */
  enum Gc {
    SERIAL("Serial", "-XX:+UseSerialGC"),
    PARALLEL("Parallel", "-XX:+UseParallelGC"),
    G1("G1", "-XX:+UseG1GC"),
    ZGC("ZGC", "-XX:+UseZGC"),
    SHENANDOAH("Shenandoah", "-XX:+UseShenandoahGC");

    final String text;
    final String option;

    Gc(String text, String option) {
      this.text = text;
      this.option = option;
    }
  }

  /** As {@code e2e/jvms/container} has them. */
  enum User {
    ROOT("root"),
    OTHER("uid 1000 without a name"),
    MAPPED("the same in a user namespace of its own");

    final String text;

    User(String text) {
      this.text = text;
    }
  }

  /** How it is started. */
  enum Mode {
    NORMAL("no option"),
    REDUCED_SIGNALS("-Xrs"),
    ATTACH_DISABLED("-XX:+DisableAttachMechanism"),
    WITHOUT_COUNTERS("-XX:-UsePerfData"),
    READ_ONLY("read-only root, /tmp in memory"),
    TMP_ELSEWHERE("-Djava.io.tmpdir=/data");

    final String text;

    Mode(String text) {
      this.text = text;
    }

    List<String> options() {
      return text.startsWith("-") ? List.of(text) : List.of();
    }
  }

  /** The whole product. */
  static List<Cell> all() {
    var cells = new ArrayList<Cell>();
    for (var jdk : Jdk.values()) {
      for (var gc : Gc.values()) {
        for (var user : User.values()) {
          Stream.of(Mode.values()).map(mode -> new Cell(jdk, gc, user, mode)).forEach(cells::add);
        }
      }
    }
    return List.copyOf(cells);
  }

  /** Few of these in which each pair of values occurs that occurs in all of them. */
  static List<Cell> pairwise(List<Cell> all) {
    var missing = new HashSet<Set<Enum<?>>>();
    all.forEach(cell -> missing.addAll(cell.pairs()));
    var chosen = new ArrayList<Cell>();
    while (!missing.isEmpty()) {
      long most = -1;
      var best = all.getFirst();
      for (var cell : all) {
        long news = cell.pairs().stream().filter(missing::contains).count();
        if (news > most) {
          most = news;
          best = cell;
        }
      }
      chosen.add(best);
      missing.removeAll(best.pairs());
    }
    return List.copyOf(chosen);
  }

  /** Each two of its values. */
  Set<Set<Enum<?>>> pairs() {
    return Set.of(
        Set.of(jdk, gc),
        Set.of(jdk, user),
        Set.of(jdk, mode),
        Set.of(gc, user),
        Set.of(gc, mode),
        Set.of(user, mode));
  }

  /** Why its counters are not read. */
  Optional<String> countersRefusal() {
    return mode == Mode.WITHOUT_COUNTERS
        ? Optional.of(
            "it keeps no counters: it was started with -XX:-UsePerfData; with -Xlog:gc* too its"
                + " log is read")
        : Optional.empty();
  }

  /** By which source: a JVM whose user has no name makes no file of its counters. */
  Origin origin() {
    if (mode == Mode.WITHOUT_COUNTERS) {
      return Origin.JVM_USDT;
    }
    return user == User.ROOT ? Origin.HSPERFDATA : Origin.JVM_MEMORY;
  }

  /** Why its counters do not tell what its collections leave. */
  Optional<String> liveHeapRefusal() {
    return tellsLiveHeap()
        ? Optional.empty()
        : Optional.of(
            "the counters of %s do not tell what its collections leave".formatted(collector()));
  }

  /** Why its counters do not tell for how long it pauses. */
  Optional<String> pausesRefusal() {
    return gc == Gc.SHENANDOAH
        ? Optional.of(
            "the counters of Shenandoah do not tell for how long its collections stop the program")
        : Optional.empty();
  }

  /** What its static probes leave out. */
  Optional<String> probesLeaveOut() {
    if (gc != Gc.ZGC && gc != Gc.SHENANDOAH) {
      return Optional.empty();
    }
    return Optional.of(
        "the probes of %s do not tell %sfor how long its collections stop the program"
            .formatted(collector(), tellsLiveHeap() ? "" : "what its collections leave, nor "));
  }

  /** Whether anybody knows what its collections leave. */
  boolean tellsLiveHeap() {
    return gc != Gc.SHENANDOAH && (gc != Gc.ZGC || generations());
  }

  /** ZGC has them by default since JDK 23. */
  private boolean generations() {
    return jdk == Jdk.OPENJDK_25 || jdk == Jdk.TEMURIN_25;
  }

  private String collector() {
    if (gc != Gc.ZGC) {
      return gc.text;
    }
    return generations() ? "generational ZGC" : "ZGC without generations";
  }

  /** Why it is asked nothing over its attach protocol. */
  Optional<String> attachRefusal() {
    if (mode == Mode.ATTACH_DISABLED) {
      return Optional.of("attaching is switched off (-XX:+DisableAttachMechanism)");
    }
    return user == User.MAPPED
        ? Optional.of("it answers its own user and root, and the agent is neither where it runs")
        : Optional.empty();
  }

  @Override
  public String toString() {
    return String.join("-", jdk.name(), gc.name(), user.name(), mode.name())
        .toLowerCase(Locale.ROOT)
        .replace('_', '-');
  }
}

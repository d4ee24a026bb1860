package dev.heapwarden.e2e.jvm;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** With {@code -Dheapwarden.generate=true} it writes what it otherwise checks. */
class JvmPageTest {
  private static final Path COMMITTED =
      Path.of(System.getProperty("heapwarden.root")).resolve("docs/jvm.md");

  private static final List<Cell> ALL = Cell.all();

  @Test
  void theDocumentationNamesEveryCellThatRefuses() throws IOException {
    var generated = page();
    if (Boolean.getBoolean("heapwarden.generate")) {
      Files.writeString(COMMITTED, generated);
    }
    assertThat(COMMITTED).hasContent(generated);
  }

  private static String page() {
    return """
    <!-- Generated from Cell.java: mvn test -pl e2e -am -Dheapwarden.generate=true -->
    # JVMs

    What is read of a JVM, and what is refused with which reason. Each was tried on a real JVM in a
    container, of every

    - JDK: %s
    - collector: %s
    - user: %s
    - way to start it: %s.

    These are %d; `mvn verify -Pmatrix` runs %d of them, in which each two values occur together, and with
    `-Dheapwarden.matrix.full=true` all.

    What is told agrees within 5 %% with what the JVM's own beans say: the old generation after a
    collection, the time of pauses, metaspace, threads and classes. It is read from the JVM's counter
    file, or in its memory where its user has no name and it keeps no file. Where it keeps no counters
    and writes no log of its collections, the static probes of its libjvm (USDT) tell of these, but not
    of threads and classes. No JVM is sent a signal that it would die of or answer with its threads,
    and nothing is left in its container but
    `/tmp/.java_pidN`, on which it listens.

    | refused | JDK | collector | user | started with | cells | reason |
    |---|---|---|---|---|---|---|
    %s\
    """
        .formatted(
            texts(Stream.of(Cell.Jdk.values()).map(jdk -> jdk.text)),
            texts(Stream.of(Cell.Gc.values()).map(gc -> gc.text)),
            texts(Stream.of(Cell.User.values()).map(user -> user.text)),
            texts(Stream.of(Cell.Mode.values()).map(mode -> mode.text)),
            ALL.size(),
            Cell.pairwise(ALL).size(),
            Stream.of(
                    rows("all counters; probes tell instead", Cell::countersRefusal),
                    rows("live heap", ofCounters(Cell::liveHeapRefusal)),
                    rows("time of pauses", ofCounters(Cell::pausesRefusal)),
                    rows("some of what probes tell", withoutCounters(Cell::probesLeaveOut)),
                    rows(
                        "thread dump, class histogram, heap info, native memory, flags, logging",
                        Cell::attachRefusal))
                .flatMap(List::stream)
                .collect(Collectors.joining()));
  }

  /** Where there are counters. */
  private static Function<Cell, Optional<String>> ofCounters(
      Function<Cell, Optional<String>> refusal) {
    return cell -> cell.countersRefusal().isPresent() ? Optional.empty() : refusal.apply(cell);
  }

  /** Where there are none. */
  private static Function<Cell, Optional<String>> withoutCounters(
      Function<Cell, Optional<String>> refusal) {
    return cell -> cell.countersRefusal().isEmpty() ? Optional.empty() : refusal.apply(cell);
  }

  private static List<String> rows(String what, Function<Cell, Optional<String>> refusal) {
    var byReason = new LinkedHashMap<String, List<Cell>>();
    for (var cell : ALL) {
      refusal
          .apply(cell)
          .ifPresent(reason -> byReason.computeIfAbsent(reason, _ -> new ArrayList<>()).add(cell));
    }
    return byReason.entrySet().stream()
        .map(entry -> row(what, entry.getValue(), entry.getKey()))
        .toList();
  }

  private static String row(String what, List<Cell> cells, String reason) {
    var jdks = values(cells, Cell::jdk);
    var gcs = values(cells, Cell::gc);
    var users = values(cells, Cell::user);
    var modes = values(cells, Cell::mode);
    assertThat(jdks.size() * gcs.size() * users.size() * modes.size())
        .as("cells of the line of %s", what)
        .isEqualTo(cells.size());
    return "| %s | %s | %s | %s | %s | %d | %s |\n"
        .formatted(
            what,
            texts(jdks, Cell.Jdk.values(), jdk -> jdk.text),
            texts(gcs, Cell.Gc.values(), gc -> gc.text),
            texts(users, Cell.User.values(), user -> user.text),
            texts(modes, Cell.Mode.values(), mode -> mode.text),
            cells.size(),
            reason);
  }

  private static <T> List<T> values(List<Cell> cells, Function<Cell, T> value) {
    return List.copyOf(new LinkedHashSet<>(cells.stream().map(value).toList()));
  }

  private static <T> String texts(List<T> some, T[] all, Function<T, String> text) {
    if (some.size() == all.length) {
      return "any";
    }
    return some.size() == all.length - 1
        ? "any but " + texts(Stream.of(all).filter(value -> !some.contains(value)).map(text))
        : texts(some.stream().map(text));
  }

  private static String texts(Stream<String> texts) {
    return texts
        .map(text -> text.startsWith("-") ? "`" + text + "`" : text)
        .collect(Collectors.joining("; "));
  }
}

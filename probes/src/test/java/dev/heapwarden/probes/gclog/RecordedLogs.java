package dev.heapwarden.probes.gclog;

import dev.heapwarden.probes.target.ProcFs;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** What real runtimes wrote; {@code src/test/resources/gclog/record} says how it was recorded. */
final class RecordedLogs {
  private static final Path DIRECTORY =
      Path.of(System.getProperty("heapwarden.root"), "probes/src/test/resources/gclog");

  private RecordedLogs() {}

  static Stream<Path> all() {
    return named(".*\\.log");
  }

  static Stream<Path> named(String pattern) {
    Predicate<Path> meant = file -> file.getFileName().toString().matches(pattern);
    try (var files = Files.list(DIRECTORY)) {
      var found = files.filter(meant).sorted().toList();
      if (found.isEmpty()) {
        throw new AssertionError("nothing was recorded as " + pattern);
      }
      return found.stream();
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  static List<String> lines(Path log) throws IOException {
    return Files.readAllLines(log, ProcFs.ANY_BYTES);
  }
}

package dev.heapwarden.e2e.chart;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The tables of docs/rbac.md, by the titles of their sections. */
final class RbacPage {
  private final List<String> lines;

  private RbacPage(List<String> lines) {
    this.lines = lines;
  }

  static RbacPage read() {
    try {
      return new RbacPage(Files.readAllLines(Chart.ROOT.resolve("docs/rbac.md")));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What a section grants at these levels; one without a column of levels grants it at any. */
  Set<Permission> permissions(String section, Set<String> levels) {
    return rows(section)
        .flatMap(
            row ->
                row.size() == 3
                    ? Permission.of(words(row.get(0)), words(row.get(1)))
                    : row.getFirst().equals("any") || levels.contains(row.getFirst())
                        ? Permission.of(words(row.get(1)), words(row.get(2)))
                        : Stream.of())
        .collect(Collectors.toSet());
  }

  /** The first cells of a section's table. */
  List<String> firstCells(String section) {
    return rows(section).map(List::getFirst).toList();
  }

  private Stream<List<String>> rows(String section) {
    var start = lines.indexOf("## " + section);
    if (start < 0) {
      throw new IllegalArgumentException("docs/rbac.md has no section '" + section + "'");
    }
    return lines.stream()
        .skip(start + 1L)
        .takeWhile(line -> !line.startsWith("## "))
        .filter(line -> line.startsWith("| "))
        .skip(1)
        .map(line -> Arrays.stream(line.split("\\|", -1)).skip(1).map(String::trim).toList())
        .map(cells -> cells.subList(0, cells.size() - 1));
  }

  private static List<String> words(String cell) {
    return List.of(cell.split(", "));
  }
}

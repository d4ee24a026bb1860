package dev.heapwarden.e2e;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The Java files of all modules, tests included. */
final class Sources {
  static final Path ROOT = Path.of(System.getProperty("heapwarden.root"));
  static final List<String> MODULES = List.of("crds", "detection", "probes", "operator", "e2e");

  private Sources() {}

  static List<Path> of(String module) throws IOException {
    try (Stream<Path> tree = Files.walk(ROOT.resolve(module).resolve("src"))) {
      return tree.filter(path -> path.toString().endsWith(".java")).toList();
    }
  }
}

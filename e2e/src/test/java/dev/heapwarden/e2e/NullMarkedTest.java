package dev.heapwarden.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** NullAway looks only at packages that say that they are marked. */
class NullMarkedTest {
  static List<String> modules() {
    return Sources.MODULES;
  }

  @ParameterizedTest
  @MethodSource("modules")
  void nullAwayLooksAtEveryPackage(String module) throws IOException {
    var sources = Sources.of(module);
    var marked =
        sources.stream()
            .filter(file -> file.endsWith("package-info.java"))
            .filter(NullMarkedTest::isMarked)
            .map(file -> packageOf(module, file))
            .collect(Collectors.toSet());

    assertThat(sources.stream().map(file -> packageOf(module, file)).collect(Collectors.toSet()))
        .isNotEmpty()
        .isEqualTo(marked);
  }

  /** Its path below src/main/java or src/test/java: tests share the mark of what they test. */
  private static String packageOf(String module, Path file) {
    var sources = Sources.ROOT.resolve(module).resolve("src");
    var path = sources.relativize(file.getParent());
    return path.subpath(2, path.getNameCount()).toString();
  }

  private static boolean isMarked(Path packageInfo) {
    try {
      return Files.readString(packageInfo).contains("@NullMarked\npackage");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

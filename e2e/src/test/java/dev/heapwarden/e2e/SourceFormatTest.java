package dev.heapwarden.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.googlejavaformat.java.Formatter;
import com.google.googlejavaformat.java.FormatterException;
import com.google.googlejavaformat.java.ImportOrderer;
import com.google.googlejavaformat.java.JavaFormatterOptions;
import com.google.googlejavaformat.java.RemoveUnusedImports;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * google-java-format decides layout. With {@code -Dheapwarden.generate=true} this writes what it
 * otherwise checks.
 */
class SourceFormatTest {
  private static final Path ROOT = Path.of(System.getProperty("heapwarden.root"));
  private static final List<String> MODULES =
      List.of("crds", "detection", "probes", "operator", "e2e");

  @Test
  void everySourceFileIsFormatted() throws IOException, FormatterException {
    var misformatted = new ArrayList<Path>();
    int files = 0;
    for (var module : MODULES) {
      try (var tree = Files.walk(ROOT.resolve(module).resolve("src"))) {
        for (var file : tree.filter(path -> path.toString().endsWith(".java")).toList()) {
          files++;
          var source = Files.readString(file);
          var formatted = format(source);
          if (!formatted.equals(source)) {
            misformatted.add(ROOT.relativize(file));
            if (Boolean.getBoolean("heapwarden.generate")) {
              Files.writeString(file, formatted);
            }
          }
        }
      }
    }
    assertThat(files).isPositive();
    if (!Boolean.getBoolean("heapwarden.generate")) {
      assertThat(misformatted).as("run: mvn test -pl e2e -am -Dheapwarden.generate=true").isEmpty();
    }
  }

  private static String format(String source) throws FormatterException {
    var style = JavaFormatterOptions.Style.GOOGLE;
    return new Formatter(JavaFormatterOptions.builder().style(style).build())
        .formatSource(
            RemoveUnusedImports.removeUnusedImports(ImportOrderer.reorderImports(source, style)));
  }
}

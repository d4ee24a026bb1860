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
import org.junit.jupiter.api.Test;

/**
 * google-java-format decides layout. With {@code -Dheapwarden.generate=true} this writes what it
 * otherwise checks.
 */
class SourceFormatTest {
  @Test
  void everySourceFileIsFormatted() throws IOException, FormatterException {
    var misformatted = new ArrayList<Path>();
    int files = 0;
    for (var module : Sources.MODULES) {
      for (var file : Sources.of(module)) {
        files++;
        var source = Files.readString(file);
        var formatted = format(source);
        if (!formatted.equals(source)) {
          misformatted.add(Sources.ROOT.relativize(file));
          if (Boolean.getBoolean("heapwarden.generate")) {
            Files.writeString(file, formatted);
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
